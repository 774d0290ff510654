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
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the documents of sessions are, and what they hold. What is the same in every layout is here.
 *
 * <p>Names that begin with {@code ferry_} are this project's own and no part of a session. Thread-safe.
 */
abstract class Layout {

    static final String ID = "id";
    static final String STATE = "state";
    static final String TIMESTAMP = "timestamp";

    /** Counts changes, so that the document changes even if every other field stays. */
    static final String REVISION = "ferry_revision";
    /** Who is storing the session's events in several commits, and how many are done; absent when all are. */
    static final String STORING = "ferry_storing";
    /** How many commits of the session's removal are done; a session that has it is absent. */
    static final String REMOVING = "ferry_removing";
    /** The place among the events of one time and one commit. */
    static final String ORDER = "ferry_order";
    /** Fields of a session whose names mean something else here. */
    private static final String OTHER_FIELDS = "ferry_fields";

    private static final Set<String> OWN_NAMES = Set.of(ID, STATE, REVISION, STORING, REMOVING, OTHER_FIELDS);
    private static final String USERS = "users";

    /**
     * What the fields of a session's document are called.
     *
     * @param appName whose session it is
     * @param userId whose session it is
     * @param createTime when it was created
     * @param updateTime when it last changed
     * @param expireTime when it ceases to exist
     */
    record FieldNames(String appName, String userId, String createTime, String updateTime, String expireTime) {

        boolean has(String name) {
            return List.of(appName, userId, createTime, updateTime, expireTime).contains(name);
        }
    }

    final Firestore firestore;
    final FirestoreValues values;
    final CollectionNames collections;
    final FieldNames names;

    Layout(Firestore firestore, CollectionNames collections, FieldNames names) {
        this.firestore = firestore;
        this.values = new FirestoreValues(firestore);
        this.collections = collections;
        this.names = names;
    }

    abstract String name();

    // ---- where documents are

    /** The collection that a session is in. */
    abstract CollectionReference collectionOf(SessionKey key);

    /** What every collection of sessions is called. */
    abstract String sessionsCollection();

    /** All sessions by name; there may be documents among them that {@link #isSession} tells to be something else. */
    abstract Query sessions();

    /** The sessions of an application, or of one user of it, by name; there may be others among them. */
    abstract Query sessionsOf(String appName, Optional<String> userId);

    /** Events of all sessions by name; there may be those of other layouts among them. */
    final Query eventsOfAll() {
        return groupIn(collections.events(), collections.root());
    }

    /** Whether a document lies where this layout has its sessions. */
    abstract boolean isSession(DocumentReference document);

    /** Where a session may be: under its own id if Firestore takes that, or under a derived one. */
    final List<DocumentReference> places(SessionKey key) {
        CollectionReference collection = collectionOf(key);
        DocumentReference derived = collection.document(DerivedId.of(key));
        return DocumentIds.isLegal(key.sessionId())
                ? List.of(collection.document(key.sessionId()), derived)
                : List.of(derived);
    }

    final CollectionReference events(DocumentReference session) {
        return session.collection(collections.events());
    }

    final DocumentReference event(DocumentReference session, String eventId) {
        return events(session).document(documentId(eventId));
    }

    static String documentId(String eventId) {
        return DocumentIds.isLegal(eventId) ? eventId : DerivedId.of(eventId);
    }

    /**
     * Where the state of a scope is.
     *
     * @return the document, or empty if Firestore cannot have one of that name
     */
    final Optional<DocumentReference> sharedState(SharedScope scope) {
        return DocumentIds.escape(scope.appName())
                .flatMap(app -> scope.userId().isEmpty()
                        ? Optional.of(appStates().document(app))
                        : DocumentIds.escape(scope.userId().get())
                                .map(user -> firestore
                                        .collection(collections.userState())
                                        .document(app)
                                        .collection(USERS)
                                        .document(user)));
    }

    private CollectionReference appStates() {
        return firestore.collection(collections.appState());
    }

    /** Applications' state by name. */
    final Query appStatesByName() {
        return appStates().orderBy(FieldPath.documentId());
    }

    /** All users' state by name; there may be other documents among them, of which {@link #scopeOf} tells nothing. */
    final Query userStatesByName() {
        return groupIn(USERS, collections.userState());
    }

    /** Collections of a name at any depth below a root collection, by name. */
    final Query groupIn(String group, String root) {
        // The bounds are documents of root collections whose names come shortly before and after.
        int last = root.length() - 1;
        char lower = root.charAt(last) == '0' ? '.' : (char) (root.charAt(last) - 1);
        String before = root.substring(0, last) + lower + "~";
        return firestore
                .collectionGroup(group)
                .orderBy(FieldPath.documentId())
                .startAfter(firestore.document(before + "/end"))
                .endBefore(firestore.document(root + "!/start"));
    }

    /** Whose state a document of shared state is; empty if it is something else. */
    final Optional<SharedScope> scopeOf(DocumentReference sharedState) {
        String[] path = path(sharedState);
        if (path.length == 2) {
            return Optional.of(SharedScope.app(DocumentIds.unescape(path[1])));
        }
        return path.length == 4 && path[0].equals(collections.userState())
                ? Optional.of(SharedScope.user(DocumentIds.unescape(path[1]), DocumentIds.unescape(path[3])))
                : Optional.empty();
    }

    static String[] path(DocumentReference document) {
        return document.getPath().split("/", -1);
    }

    /** Where it is kept when the keys of a document of shared state were written. */
    static DocumentReference writeTimes(DocumentReference sharedState) {
        return sharedState.collection("ferry").document("write_times");
    }

    // ---- sessions

    /** A time in the form that the field of the last change, or of the creation, has. */
    abstract Object encodeTime(SessionKey key, Instant time);

    /** The field with the time of the last change. */
    String updateTimeField(DocumentSnapshot session) {
        return names.updateTime();
    }

    /** A state in the form that the document of a session that is stored is to have. */
    Object encodeState(Session session, SessionState state, Encodings encodings) {
        return FirestoreValues.encodeEntries(state.write(), encodings);
    }

    /** A state in the form that a document has. */
    Object encodeState(DocumentSnapshot present, SessionState state) {
        return FirestoreValues.encodeEntries(state.write(), new Encodings());
    }

    /**
     * Reads a state in any of its forms.
     *
     * @throws IllegalArgumentException if it is none
     */
    Map<String, @Nullable Object> decodeState(Object state) {
        Map<String, @Nullable Object> map = new DocumentReader("session", Map.of(STATE, state)).map(STATE);
        return values.decode(Objects.requireNonNull(map));
    }

    /** Whether sessions' documents hold copies of shared keys, for an owner who reads these alone. */
    boolean makesCopies() {
        return false;
    }

    /** Makes a session's document another one, whatever else changes. */
    void count(FieldChanges changes) {
        if (!changes.touches(updateTimeField(changes.document()))) {
            changes.count(REVISION);
        }
    }

    /** Whether whoever owns the layout, or this project, is removing a session. */
    boolean isRemoving(DocumentSnapshot session) {
        return session.contains(REMOVING);
    }

    /** Marks a session's document as being removed, once more. */
    void markRemoving(FieldChanges changes) {
        changes.count(REMOVING);
    }

    /** Takes what is no field of the session from the fields of a document. */
    Map<String, @Nullable Object> takeOwn(DocumentSnapshot document, Map<String, @Nullable Object> fields) {
        fields.keySet().removeAll(List.of(REVISION, STORING, REMOVING));
        return fields;
    }

    /** Puts what only this layout writes into a document, and takes the fields of the session that it was made of. */
    void putOwn(
            Map<String, @Nullable Object> document,
            Map<String, @Nullable Object> fields,
            @Nullable DocumentSnapshot present) {}

    /** Whether a field of a session can stand in its document under its name. */
    boolean isFree(String name, @Nullable Object value) {
        return !OWN_NAMES.contains(name) && !names.has(name);
    }

    /**
     * Which session a document holds.
     *
     * @throws IllegalArgumentException if it does not tell; the message names the field
     */
    final SessionKey key(DocumentSnapshot session) {
        return key(
                session.getId(), new DocumentReader("session", decode(session, ID, names.appName(), names.userId())));
    }

    private SessionKey key(String documentId, DocumentReader fields) {
        String id = fields.text(ID);
        return new SessionKey(
                fields.require(fields.text(names.appName()), names.appName()),
                fields.require(fields.text(names.userId()), names.userId()),
                id == null ? documentId : id);
    }

    final Map<String, @Nullable Object> decode(DocumentSnapshot document, String... fieldNames) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : fieldNames) {
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
    final StoredSession session(DocumentSnapshot document) {
        Map<String, @Nullable Object> data = data(document);
        Object state = data.remove(STATE);
        DocumentReader fields = new DocumentReader("session", values.decode(data));
        SessionKey key = key(document.getId(), fields);
        Instant updateTime = fields.time(updateTimeField(document));
        Instant createTime = fields.time(names.createTime());
        Instant expireTime = fields.time(names.expireTime());
        Map<String, @Nullable Object> others = fields.map(OTHER_FIELDS);
        Map<String, @Nullable Object> rest = takeOwn(document, fields.rest());
        if (others != null) {
            rest.putAll(others);
        }
        return new StoredSession(
                document,
                key,
                SessionState.read(StateValues.normaliseMap(state == null ? Map.of() : decodeState(state))),
                fields.require(updateTime, names.updateTime()),
                createTime,
                expireTime,
                rest);
    }

    static Map<String, @Nullable Object> data(DocumentSnapshot document) {
        return new LinkedHashMap<>(Objects.requireNonNull(document.getData()));
    }

    /** The fields of a session's document, in the place of one that is present, if any. */
    final Map<String, @Nullable Object> fields(
            Session session, SessionState state, @Nullable DocumentSnapshot present, Encodings encodings) {
        SessionKey key = session.key();
        Map<String, @Nullable Object> fields = identity(key);
        session.createTime().ifPresent(time -> fields.put(names.createTime(), encodeCreateTime(key, time)));
        fields.put(names.updateTime(), encodeTime(key, session.updateTime()));
        session.expireTime().ifPresent(time -> fields.put(names.expireTime(), time));
        Map<String, @Nullable Object> own = new LinkedHashMap<>(session.fields());
        putOwn(fields, own, present);
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        own.forEach((name, value) -> (isFree(name, value) ? fields : others).put(name, value));
        if (!others.isEmpty()) {
            fields.put(OTHER_FIELDS, others);
        }
        Map<String, @Nullable Object> encoded = FirestoreValues.encodeFields(fields, encodings);
        encoded.put(STATE, encodeState(session, state, encodings));
        return encoded;
    }

    /** A time in the form that the field of the creation has. */
    Object encodeCreateTime(SessionKey key, Instant time) {
        return encodeTime(key, time);
    }

    private Map<String, @Nullable Object> identity(SessionKey key) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(ID, key.sessionId());
        fields.put(names.appName(), key.appName());
        fields.put(names.userId(), key.userId());
        return fields;
    }

    /** The fields of a document that only says that the session of this key is being removed. */
    final Map<String, @Nullable Object> removalMark(SessionKey key) {
        Map<String, @Nullable Object> encoded = FirestoreValues.encodeFields(identity(key), new Encodings());
        encoded.put(REMOVING, 0L);
        return encoded;
    }

    /** Changes the state in a document to a given one. */
    final void changeState(FieldChanges changes, DocumentSnapshot document, Object encoded) {
        Object present = document.get(STATE);
        if (encoded instanceof Map<?, ?>) {
            changes.replaceEntries(STATE, FieldChanges.map(encoded));
        } else if (present == null || !decodeState(present).equals(decodeState(encoded))) {
            changes.set(STATE, encoded);
        }
    }

    final void changeState(FieldChanges changes, DocumentSnapshot document, SessionState state) {
        changeState(changes, document, encodeState(document, state));
    }

    /** Changes the time of the last change. */
    final void changeUpdateTime(FieldChanges changes, DocumentSnapshot document, SessionKey key, Instant time) {
        changes.set(updateTimeField(document), FirestoreValues.encodeField(encodeTime(key, time), new Encodings()));
    }

    static SessionException invalid(SessionKey key, String message) {
        return new SessionException(SessionErrorCode.INVALID_SESSION, message, key, null, null);
    }

    // ---- events

    /**
     * Encodes events of a session as documents, in the same order.
     *
     * @param alone whether the session has no other events
     */
    abstract List<Map<String, @Nullable Object>> encode(
            SessionKey key, List<SessionEvent> events, boolean alone, Encodings encodings);

    /**
     * Reads an event's document.
     *
     * @throws IllegalArgumentException if it is no event; the message names the field
     */
    abstract StoredEvent event(SessionKey key, DocumentSnapshot document);

    /** Gives events, in their order, what their documents by themselves do not tell. */
    Restored restore(SessionKey key, List<StoredEvent> events) {
        return new Restored(events.stream().map(StoredEvent::event).toList(), Map.of());
    }

    /**
     * Events as they are read.
     *
     * @param events the events in their order
     * @param synthesisedIds how many ids were made for them, by kind
     */
    record Restored(List<SessionEvent> events, Map<String, Integer> synthesisedIds) {}

    /**
     * A value such that every event at or after a time has at least that value as its timestamp; empty if timestamps are
     * not in the order of time.
     */
    abstract Optional<Object> leastTimestamp(Instant time);

    /** Whether timestamps of documents are in the order of time. */
    final boolean hasTimestampsInOrder() {
        return leastTimestamp(Instant.EPOCH).isPresent();
    }

    /**
     * Whether a document holds the event of an id and a time.
     *
     * @throws IllegalArgumentException if it does not tell; the message names the field
     */
    boolean isOf(SessionKey key, SessionEvent event, DocumentSnapshot document) {
        SessionEvent present = event(key, document).event();
        return event.id().equals(present.id()) && event.timestamp().equals(present.timestamp());
    }

    // ---- shared state

    /** The field that holds a key of shared state. */
    static Optional<String> sharedField(String key) {
        return DocumentIds.escape(key).filter(FirestoreValues::isFieldName);
    }

    /** The keys and values of a document of shared state. */
    final Map<String, @Nullable Object> sharedState(DocumentSnapshot document) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        data(document).forEach((field, value) -> state.put(DocumentIds.unescape(field), values.decodeValue(value)));
        return state;
    }
}
