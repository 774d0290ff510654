package io.github.sessionferry.firestore;

import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.EventDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The layout {@code adk-flat}.
 *
 * <pre>
 * sessions/{sessionId}                  id, app_name, user_id, state, last_update_time (seconds since 1970)
 * sessions/{sessionId}/events/{eventId} ADK's event, timestamp in seconds since 1970
 * app_state/{appName}                   keys without prefix
 * user_state/{appName}/users/{userId}   keys without prefix
 * </pre>
 *
 * <p>Thread-safe.
 */
final class AdkFlatLayout extends Layout {

    static final String NAME = "adk-flat";

    static final CollectionNames COLLECTIONS = new CollectionNames("sessions", "events", "app_state", "user_state");

    private static final String LAST_UPDATE_TIME = "last_update_time";
    private static final String UPDATED_AT = "updated_at";
    private static final double A_MICROSECOND = 1e-6;

    AdkFlatLayout(Firestore firestore, CollectionNames collections) {
        super(
                firestore,
                collections,
                new FieldNames("app_name", "user_id", "created_at", LAST_UPDATE_TIME, "expire_time"));
    }

    @Override
    String name() {
        return NAME;
    }

    // ---- where documents are

    private CollectionReference collection() {
        return firestore.collection(collections.root());
    }

    @Override
    CollectionReference collectionOf(SessionKey key) {
        return collection();
    }

    @Override
    String sessionsCollection() {
        return collections.root();
    }

    @Override
    Query sessions() {
        return collection().orderBy(FieldPath.documentId());
    }

    @Override
    Query sessionsOf(String appName, Optional<String> userId) {
        Query ofApp = collection().whereEqualTo(names.appName(), queryValue(appName));
        return userId.map(user -> ofApp.whereEqualTo(names.userId(), queryValue(user)))
                .orElse(ofApp)
                .orderBy(FieldPath.documentId());
    }

    private static @Nullable Object queryValue(String text) {
        return FirestoreValues.encodeField(text, new Encodings());
    }

    @Override
    boolean isSession(DocumentReference document) {
        return path(document).length == 2;
    }

    // ---- sessions

    /** Seconds since 1970, from which the time comes back exactly. */
    @Override
    Double encodeTime(SessionKey key, Instant time) {
        double seconds = DocumentReader.toEpochSeconds(time);
        if (!time.equals(new DocumentReader("time", Map.of(TIMESTAMP, seconds)).time(TIMESTAMP))) {
            throw invalid(
                    key,
                    "a time is too far from now to be kept as seconds in a double exactly; the years 1685 to 2255 are");
        }
        return seconds;
    }

    @Override
    Instant encodeCreateTime(SessionKey key, Instant time) {
        return time;
    }

    /** Some writers know {@link #UPDATED_AT} alone. */
    @Override
    String updateTimeField(DocumentSnapshot session) {
        return session.contains(LAST_UPDATE_TIME) || !session.contains(UPDATED_AT) ? LAST_UPDATE_TIME : UPDATED_AT;
    }

    // ---- events

    @Override
    List<Map<String, @Nullable Object>> encode(
            SessionKey key, List<SessionEvent> events, boolean alone, Encodings encodings) {
        List<Map<String, @Nullable Object>> documents = new ArrayList<>(events.size());
        for (SessionEvent event : events) {
            Map<String, @Nullable Object> fields = EventDocument.write(event);
            if (fields.containsKey(ORDER)) {
                throw invalid(key, "no event may have a field " + ORDER);
            }
            fields.put(TIMESTAMP, encodeTime(key, event.timestamp()));
            documents.add(FirestoreValues.encodeFields(fields, encodings));
        }
        return documents;
    }

    @Override
    StoredEvent event(SessionKey key, DocumentSnapshot document) {
        Map<String, @Nullable Object> fields = values.decode(data(document));
        fields.remove(ORDER);
        return StoredEvent.of(EventDocument.read(fields, document.getId()), true, document);
    }

    /** Whoever wrote a number may have had a finer one. */
    @Override
    Optional<Object> leastTimestamp(Instant time) {
        return Optional.of(DocumentReader.toEpochSeconds(time) - A_MICROSECOND);
    }

    @Override
    boolean isOf(SessionKey key, SessionEvent event, DocumentSnapshot document) {
        DocumentReader fields = new DocumentReader("event", decode(document, ID, TIMESTAMP));
        String id = fields.text(ID);
        return event.id().equals(id == null ? document.getId() : id)
                && event.timestamp().equals(fields.time(TIMESTAMP));
    }
}
