package io.github.sessionferry.firestore;

import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.EventDocument;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layout {@code adk-flat}: where documents are, and what they hold.
 *
 * <pre>
 * sessions/{sessionId}                  id, app_name, user_id, state, last_update_time (seconds since 1970)
 * sessions/{sessionId}/events/{eventId} ADK's event, timestamp in seconds since 1970
 * app_state/{appName}                   keys without prefix
 * user_state/{appName}/users/{userId}   keys without prefix
 * </pre>
 *
 * <p>Names that begin with {@code ferry_} are this project's own and no part of a session. Thread-safe.
 */
final class AdkFlatLayout {

    static final String NAME = "adk-flat";

    static final String ID = "id";
    static final String APP_NAME = "app_name";
    static final String USER_ID = "user_id";
    static final String STATE = "state";
    static final String LAST_UPDATE_TIME = "last_update_time";
    static final String UPDATED_AT = "updated_at";
    static final String CREATED_AT = "created_at";
    static final String EXPIRE_TIME = "expire_time";

    /** Counts changes that leave every other field as it was, so that the document changes nevertheless. */
    static final String REVISION = "ferry_revision";
    /** Who is storing the session's events in several commits, and how many are done; absent when all are. */
    static final String STORING = "ferry_storing";
    /** How many commits of the session's removal are done; a session that has it is absent. */
    static final String REMOVING = "ferry_removing";
    /** Fields of a session whose names mean something else here. */
    private static final String OTHER_FIELDS = "ferry_fields";

    static final String TIMESTAMP = "timestamp";
    /** The place among the events of one time and one commit. */
    static final String ORDER = "ferry_order";

    private static final Set<String> SESSION_NAMES = Set.of(
            ID,
            APP_NAME,
            USER_ID,
            STATE,
            LAST_UPDATE_TIME,
            CREATED_AT,
            EXPIRE_TIME,
            REVISION,
            STORING,
            REMOVING,
            OTHER_FIELDS);

    private static final String USERS = "users";
    private static final String USER_STATE = "user_state";

    private final Firestore firestore;
    private final FirestoreValues values;

    AdkFlatLayout(Firestore firestore) {
        this.firestore = firestore;
        this.values = new FirestoreValues(firestore);
    }

    // ---- where documents are

    CollectionReference sessions() {
        return firestore.collection("sessions");
    }

    static CollectionReference events(DocumentReference session) {
        return session.collection("events");
    }

    /** Where a session may be: under its own id if Firestore takes that, or under a derived one. */
    List<DocumentReference> places(SessionKey key) {
        DocumentReference derived = sessions().document(DerivedId.of(key));
        return DocumentIds.isLegal(key.sessionId())
                ? List.of(sessions().document(key.sessionId()), derived)
                : List.of(derived);
    }

    static DocumentReference event(DocumentReference session, String eventId) {
        return events(session).document(DocumentIds.isLegal(eventId) ? eventId : DerivedId.of(eventId));
    }

    /**
     * Where the state of a scope is.
     *
     * @return the document, or empty if Firestore cannot have one of that name
     */
    Optional<DocumentReference> sharedState(SharedScope scope) {
        return DocumentIds.escape(scope.appName())
                .flatMap(app -> scope.userId().isEmpty()
                        ? Optional.of(appStates().document(app))
                        : DocumentIds.escape(scope.userId().get())
                                .map(user -> firestore
                                        .collection(USER_STATE)
                                        .document(app)
                                        .collection(USERS)
                                        .document(user)));
    }

    private CollectionReference appStates() {
        return firestore.collection("app_state");
    }

    /** Applications' state by name, after the document of an id, or from the beginning. */
    Query appStates(String afterId) {
        return byName(appStates(), afterId);
    }

    /** All users' state by name, after the document of a path, or from the beginning. */
    Query userStates(String afterPath) {
        // Other collections may be called users as well: the bounds leave out all that does not lie in user_state.
        return firestore
                .collectionGroup(USERS)
                .orderBy(FieldPath.documentId())
                .startAfter(firestore.document(afterPath.isEmpty() ? "user_statd~/start" : afterPath))
                .endBefore(firestore.document(USER_STATE + "!/end"));
    }

    /** All sessions by name, after the document of an id, or from the beginning. */
    Query sessions(String afterId) {
        return byName(sessions(), afterId);
    }

    /** The sessions of an application, or of one user of it, by name. */
    Query sessionsOf(String appName, Optional<String> userId) {
        Query ofApp = sessions().whereEqualTo(APP_NAME, queryValue(appName));
        return userId.map(user -> ofApp.whereEqualTo(USER_ID, queryValue(user)))
                .orElse(ofApp)
                .orderBy(FieldPath.documentId());
    }

    private static Query byName(CollectionReference collection, String afterId) {
        Query byName = collection.orderBy(FieldPath.documentId());
        return afterId.isEmpty() ? byName : byName.startAfter(collection.document(afterId));
    }

    /** Whose state a document of shared state is; empty if it is something else. */
    static Optional<SharedScope> scopeOf(DocumentReference sharedState) {
        String[] path = sharedState.getPath().split("/", -1);
        if (path.length == 2) {
            return Optional.of(SharedScope.app(DocumentIds.unescape(path[1])));
        }
        return path.length == 4 && path[0].equals(USER_STATE)
                ? Optional.of(SharedScope.user(DocumentIds.unescape(path[1]), DocumentIds.unescape(path[3])))
                : Optional.empty();
    }

    // ---- sessions

    private @Nullable Object queryValue(String text) {
        return FirestoreValues.encodeField(text, new Encodings());
    }

    /**
     * Which session a document holds.
     *
     * @throws IllegalArgumentException if it does not tell; the message names the field
     */
    SessionKey key(DocumentSnapshot session) {
        return key(session.getId(), new DocumentReader("session", decode(session, ID, APP_NAME, USER_ID)));
    }

    private static SessionKey key(String documentId, DocumentReader fields) {
        String id = fields.text(ID);
        return new SessionKey(
                fields.require(fields.text(APP_NAME), APP_NAME),
                fields.require(fields.text(USER_ID), USER_ID),
                id == null ? documentId : id);
    }

    private Map<String, @Nullable Object> decode(DocumentSnapshot document, String... names) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : names) {
            if (document.contains(name)) {
                fields.put(name, values.decodeValue(document.get(name)));
            }
        }
        return fields;
    }

    /**
     * Reads a session without its events.
     *
     * @throws IllegalArgumentException if the document is no session; the message names the field
     */
    StoredSession session(DocumentSnapshot document) {
        Map<String, @Nullable Object> data = data(document);
        Map<String, @Nullable Object> state = new DocumentReader("session", data).map(STATE);
        data.remove(STATE);
        DocumentReader fields = new DocumentReader("session", values.decode(data));
        SessionKey key = key(document.getId(), fields);
        Instant updateTime = fields.time(updateTimeField(document));
        Instant createTime = fields.time(CREATED_AT);
        Instant expireTime = fields.time(EXPIRE_TIME);
        Map<String, @Nullable Object> others = fields.map(OTHER_FIELDS);
        fields.rest().keySet().removeAll(List.of(REVISION, STORING, REMOVING));
        if (others != null) {
            fields.rest().putAll(others);
        }
        return new StoredSession(
                document,
                key,
                SessionState.read(state == null ? Map.of() : values.decode(state)),
                fields.require(updateTime, LAST_UPDATE_TIME),
                createTime,
                expireTime,
                fields.rest());
    }

    /** The field with the time of the last change: some writers know {@link #UPDATED_AT} alone. */
    static String updateTimeField(DocumentSnapshot session) {
        return session.contains(LAST_UPDATE_TIME) || !session.contains(UPDATED_AT) ? LAST_UPDATE_TIME : UPDATED_AT;
    }

    private static Map<String, @Nullable Object> data(DocumentSnapshot document) {
        return new LinkedHashMap<>(Objects.requireNonNull(document.getData()));
    }

    /** The fields of a session's document. */
    Map<String, @Nullable Object> fields(Session session, SessionState state, Encodings encodings) {
        SessionKey key = session.key();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(ID, key.sessionId());
        fields.put(APP_NAME, key.appName());
        fields.put(USER_ID, key.userId());
        session.createTime().ifPresent(time -> fields.put(CREATED_AT, time));
        fields.put(LAST_UPDATE_TIME, seconds(key, session.updateTime()));
        session.expireTime().ifPresent(time -> fields.put(EXPIRE_TIME, time));
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        session.fields().forEach((name, value) -> (SESSION_NAMES.contains(name) ? others : fields).put(name, value));
        if (!others.isEmpty()) {
            fields.put(OTHER_FIELDS, others);
        }
        Map<String, @Nullable Object> encoded = FirestoreValues.encodeFields(fields, encodings);
        encoded.put(STATE, encodeState(state, encodings));
        return encoded;
    }

    /** The fields of a document that only says that the session of this key is being removed. */
    Map<String, @Nullable Object> removalMark(SessionKey key) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(ID, key.sessionId());
        fields.put(APP_NAME, key.appName());
        fields.put(USER_ID, key.userId());
        Map<String, @Nullable Object> encoded = FirestoreValues.encodeFields(fields, new Encodings());
        encoded.put(REMOVING, 0L);
        return encoded;
    }

    Map<String, @Nullable Object> encodeState(SessionState state, Encodings encodings) {
        return FirestoreValues.encodeEntries(state.write(), encodings);
    }

    /** Seconds since 1970, from which the time comes back exactly. */
    static double seconds(SessionKey key, Instant time) {
        double seconds = DocumentReader.toEpochSeconds(time);
        if (!time.equals(new DocumentReader("time", Map.of(TIMESTAMP, seconds)).time(TIMESTAMP))) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "a time is too far from now to be kept as seconds in a double exactly; the years 1685 to 2255 are",
                    key,
                    null,
                    null);
        }
        return seconds;
    }

    // ---- events

    /** The fields of an event's document. */
    Map<String, @Nullable Object> fields(SessionKey key, SessionEvent event, Encodings encodings) {
        Map<String, @Nullable Object> fields = EventDocument.write(event);
        if (fields.containsKey(ORDER)) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION, "no event may have a field " + ORDER, key, null, null);
        }
        fields.put(TIMESTAMP, seconds(key, event.timestamp()));
        return FirestoreValues.encodeFields(fields, encodings);
    }

    /**
     * Reads an event.
     *
     * @throws IllegalArgumentException if the document is no event; the message names the field
     */
    SessionEvent event(DocumentSnapshot document) {
        Map<String, @Nullable Object> fields = values.decode(data(document));
        fields.remove(ORDER);
        return EventDocument.read(fields, document.getId());
    }

    /**
     * Whether a document holds the event of an id and a time.
     *
     * @throws IllegalArgumentException if it does not tell; the message names the field
     */
    boolean isOf(SessionEvent event, DocumentSnapshot document) {
        DocumentReader fields = new DocumentReader("event", decode(document, ID, TIMESTAMP));
        String id = fields.text(ID);
        return event.id().equals(id == null ? document.getId() : id)
                && event.timestamp().equals(fields.time(TIMESTAMP));
    }

    /** Where it is kept when the keys of a document of shared state were written. */
    static DocumentReference writeTimes(DocumentReference sharedState) {
        return sharedState.collection("ferry").document("write_times");
    }

    // ---- shared state

    /** The field that holds a key of shared state. */
    static Optional<String> sharedField(String key) {
        return DocumentIds.escape(key).filter(FirestoreValues::isFieldName);
    }

    /** The keys and values of a document of shared state. */
    Map<String, @Nullable Object> sharedState(DocumentSnapshot document) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        data(document).forEach((field, value) -> state.put(DocumentIds.unescape(field), values.decodeValue(value)));
        return state;
    }
}
