package io.github.sessionferry.firestore;

import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.ValueEncoding;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layout {@code adk-python}, of ADK's own {@code FirestoreSessionService}.
 *
 * <pre>
 * adk-session/{app}/users/{user}/sessions/{id}  id, appName, userId, state (JSON text, or a map), createTime, updateTime,
 *                                               revision, status
 *   …/events/{eventId}                          event_data, timestamp, appName, userId
 * app_states/{app}                              keys without prefix
 * user_states/{app}/users/{user}                keys without prefix
 * </pre>
 *
 * <p>Thread-safe.
 *
 * @see <a
 *     href="https://github.com/google/adk-python/blob/main/src/google/adk/integrations/firestore/firestore_session_service.py">ADK
 *     for Python: FirestoreSessionService</a>
 */
final class AdkPythonLayout extends NestedLayout {

    static final String NAME = "adk-python";

    static final CollectionNames COLLECTIONS =
            new CollectionNames("adk-session", "events", "app_states", "user_states");

    /** A field of a session whose state is a map in its document, as earlier versions of ADK wrote it. */
    static final String STATE_FORM = "firestore_state";

    private static final String MAP = "map";
    private static final String USERS = "users";
    private static final String EVENT_DATA = "event_data";
    private static final String STATUS = "status";
    private static final String DELETING = "DELETING";
    private static final String ACTIONS = "actions";
    private static final String CONTENT = "content";

    /** ADK's count of its own changes: it refuses to append to a session that has another one than it read. */
    private static final String OWNERS_REVISION = "revision";

    /** ADK refuses an event with a field that it does not know. */
    private static final Set<String> EVENT_FIELDS = Set.of(
            "avg_logprobs",
            "branch",
            "cache_metadata",
            "citation_metadata",
            "custom_metadata",
            "error_code",
            "error_message",
            "finish_reason",
            "grounding_metadata",
            "input_transcription",
            "interaction_id",
            "interrupted",
            "live_session_resumption_update",
            "logprobs_result",
            "long_running_tool_ids",
            "model_version",
            "output_transcription",
            "partial",
            "turn_complete",
            "usage_metadata");

    private static final Set<String> ACTION_FIELDS = Set.of(
            "agent_state",
            "artifact_delta",
            "compaction",
            "end_of_agent",
            "escalate",
            "requested_auth_configs",
            "requested_tool_confirmations",
            "rewind_before_invocation_id",
            "skip_summarization",
            "transfer_to_agent");

    AdkPythonLayout(Firestore firestore, CollectionNames collections) {
        super(firestore, collections);
    }

    @Override
    String name() {
        return NAME;
    }

    // ---- where documents are

    @Override
    CollectionReference collectionOf(SessionKey key) {
        return collectionOf(key.appName(), key.userId());
    }

    private CollectionReference collectionOf(String appName, String userId) {
        return app(appName).collection(USERS).document(segment(userId)).collection(sessionsCollection());
    }

    private DocumentReference app(String appName) {
        return firestore.collection(collections.root()).document(segment(appName));
    }

    @Override
    Query sessionsOf(String appName, Optional<String> userId) {
        return userId.<Query>map(user -> collectionOf(appName, user).orderBy(FieldPath.documentId()))
                .orElseGet(() -> sessionsOf(app(appName)));
    }

    private Query sessionsOf(DocumentReference app) {
        String next = app.getId() + "!";
        Query begun = sessions().startAfter(app);
        return DocumentIds.isLegal(next) ? begun.endBefore(app.getParent().document(next)) : begun;
    }

    @Override
    boolean isSession(DocumentReference document) {
        String[] path = path(document);
        return path.length == 6
                && path[0].equals(collections.root())
                && path[2].equals(USERS)
                && path[4].equals(sessionsCollection());
    }

    // ---- sessions

    @Override
    Instant encodeTime(SessionKey key, Instant time) {
        if (!FirestoreValues.isTimestamp(time)) {
            throw invalid(key, "a time is outside the years 1 to 9999, which a timestamp of Firestore has");
        }
        return time;
    }

    @Override
    Object encodeState(Session session, SessionState state, Encodings encodings) {
        return MAP.equals(session.fields().get(STATE_FORM))
                ? FirestoreValues.encodeEntries(state.write(), encodings)
                : text(state, encodings);
    }

    @Override
    Object encodeState(DocumentSnapshot present, SessionState state) {
        return present.get(STATE) instanceof Map<?, ?>
                ? super.encodeState(present, state)
                : text(state, new Encodings());
    }

    private static String text(SessionState state, Encodings encodings) {
        Map<String, @Nullable Object> entries = state.write();
        Object counted = ValueEncoding.json().encode(entries, encodings);
        return counted == null ? "{}" : Json.write(entries);
    }

    @Override
    Map<String, @Nullable Object> decodeState(Object state) {
        if (!(state instanceof String text)) {
            return super.decodeState(state);
        }
        if (Json.read(text) instanceof Map<?, ?> entries) {
            return MapDifference.map(entries);
        }
        throw new IllegalArgumentException("the session's state is no JSON object");
    }

    @Override
    boolean isRemoving(DocumentSnapshot session) {
        return super.isRemoving(session) || DELETING.equals(session.get(STATUS));
    }

    @Override
    void markRemoving(FieldChanges changes) {
        super.markRemoving(changes);
        changes.set(STATUS, DELETING);
    }

    @Override
    void count(FieldChanges changes) {
        changes.count(REVISION);
        changes.count(OWNERS_REVISION);
    }

    /** The owner's revision less the changes that this project made, which are no news to whoever compares stores. */
    @Override
    Map<String, @Nullable Object> takeOwn(DocumentSnapshot document, Map<String, @Nullable Object> fields) {
        Map<String, @Nullable Object> taken = super.takeOwn(document, fields);
        if (taken.get(OWNERS_REVISION) instanceof Long revision) {
            long owners = revision - counted(document);
            if (owners > 0) {
                taken.put(OWNERS_REVISION, owners);
            } else {
                taken.remove(OWNERS_REVISION);
            }
        }
        if (document.get(STATE) instanceof Map<?, ?>) {
            taken.put(STATE_FORM, MAP);
        }
        return taken;
    }

    @Override
    void putOwn(
            Map<String, @Nullable Object> document,
            Map<String, @Nullable Object> fields,
            @Nullable DocumentSnapshot present) {
        long owners = 0;
        if (fields.get(OWNERS_REVISION) instanceof Long given && given > 0) {
            fields.remove(OWNERS_REVISION);
            owners = given;
        }
        document.put(OWNERS_REVISION, owners + (present == null ? 0 : counted(present)));
        fields.remove(STATE_FORM, MAP);
    }

    private static long counted(DocumentSnapshot document) {
        return document.get(REVISION) instanceof Long count ? count : 0;
    }

    @Override
    boolean isFree(String name, @Nullable Object value) {
        return super.isFree(name, value)
                && !name.equals(OWNERS_REVISION)
                && !(name.equals(STATUS) && DELETING.equals(value));
    }

    // ---- events

    @Override
    Optional<Object> leastTimestamp(Instant time) {
        return Optional.of(FirestoreValues.toTimestamp(time));
    }

    @Override
    Map<String, @Nullable Object> write(SessionKey key, SessionEvent event) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put(ID, event.id());
        data.put("invocation_id", event.invocationId());
        data.put("author", event.author());
        data.put(TIMESTAMP, DocumentReader.toEpochSeconds(event.timestamp()));
        event.content().ifPresent(content -> data.put(CONTENT, Base64Content.encode(content)));
        Map<String, @Nullable Object> actions = new LinkedHashMap<>(event.actions());
        actions.keySet().retainAll(ACTION_FIELDS);
        actions.put("state_delta", event.stateDelta());
        data.put(ACTIONS, actions);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(event.fields());
        fields.keySet().retainAll(EVENT_FIELDS);
        data.putAll(fields);
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put(EVENT_DATA, data);
        document.put(TIMESTAMP, encodeTime(key, event.timestamp()));
        document.put(APP_NAME, key.appName());
        document.put(USER_ID, key.userId());
        return document;
    }

    @Override
    SessionEvent read(SessionKey key, String documentId, Map<String, @Nullable Object> document) {
        DocumentReader fields = new DocumentReader("event", document);
        Map<String, @Nullable Object> data = new LinkedHashMap<>(fields.require(fields.map(EVENT_DATA), EVENT_DATA));
        Object time = data.get(TIMESTAMP) == null ? document.get(TIMESTAMP) : data.get(TIMESTAMP);
        data.put(TIMESTAMP, time instanceof String text ? WrittenTime.parse(text) : time);
        if (data.get(CONTENT) instanceof Map<?, ?> content) {
            data.put(CONTENT, Base64Content.decode(MapDifference.map(content)));
        }
        return EventDocument.read(data, documentId);
    }
}
