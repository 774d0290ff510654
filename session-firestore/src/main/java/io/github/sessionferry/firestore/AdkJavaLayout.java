package io.github.sessionferry.firestore;

import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DocumentReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The layout {@code adk-java}, of {@code FirestoreSessionService} among ADK for Java's contributions.
 *
 * <pre>
 * adk-session/{user}/sessions/{id}  id, appName, userId, state (prefixes kept in the keys), updateTime (ISO 8601)
 *   …/user-event/{any id}           author, timestamp (ISO 8601), appName, userId, content, keywords
 * app-state/{app}                   keys without prefix
 * user-state/{app}/users/{user}     keys without prefix
 * </pre>
 *
 * <p>Thread-safe.
 *
 * @see <a
 *     href="https://github.com/google/adk-java/tree/main/contrib/firestore-session-service">ADK for Java: Firestore
 *     session service</a>
 */
final class AdkJavaLayout extends NestedLayout {

    static final String NAME = "adk-java";

    static final CollectionNames COLLECTIONS =
            new CollectionNames("adk-session", "user-event", "app-state", "user-state");

    private static final String AUTHOR = "author";
    private static final String USER = "user";
    private static final String CONTENT = "content";
    private static final String KEYWORDS = "keywords";

    AdkJavaLayout(Firestore firestore, CollectionNames collections) {
        super(firestore, collections);
    }

    @Override
    String name() {
        return NAME;
    }

    // ---- where documents are

    @Override
    CollectionReference collectionOf(SessionKey key) {
        return collectionOf(key.userId());
    }

    private CollectionReference collectionOf(String userId) {
        return firestore
                .collection(collections.root())
                .document(segment(userId))
                .collection(sessionsCollection());
    }

    /** Those of an application are known by a field alone, for which no index need be there: all are looked at. */
    @Override
    Query sessionsOf(String appName, Optional<String> userId) {
        return userId.<Query>map(user -> collectionOf(user).orderBy(FieldPath.documentId()))
                .orElseGet(this::sessions);
    }

    @Override
    boolean isSession(DocumentReference document) {
        String[] path = path(document);
        return path.length == 4 && path[0].equals(collections.root()) && path[2].equals(sessionsCollection());
    }

    // ---- sessions

    @Override
    String encodeTime(SessionKey key, Instant time) {
        return time.toString();
    }

    @Override
    boolean makesCopies() {
        return true;
    }

    // ---- events

    /** Text of different length is not in the order of time. */
    @Override
    Optional<Object> leastTimestamp(Instant time) {
        return Optional.empty();
    }

    @Override
    Map<String, @Nullable Object> write(SessionKey key, SessionEvent event) {
        Map<String, @Nullable Object> content =
                JavaContent.write(event.content().orElse(Map.of()));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put(AUTHOR, event.author().equalsIgnoreCase(USER) ? key.userId() : event.author());
        document.put(TIMESTAMP, encodeTime(key, event.timestamp()));
        document.put(APP_NAME, key.appName());
        document.put(USER_ID, key.userId());
        document.put(CONTENT, content);
        List<String> keywords = Keywords.of(content);
        if (!keywords.isEmpty()) {
            document.put(KEYWORDS, keywords);
        }
        return document;
    }

    @Override
    SessionEvent read(SessionKey key, String documentId, Map<String, @Nullable Object> document) {
        DocumentReader fields = new DocumentReader("event", document);
        String author = fields.text(AUTHOR);
        Instant timestamp = fields.require(fields.time(TIMESTAMP), TIMESTAMP);
        Map<String, @Nullable Object> content = fields.map(CONTENT);
        boolean isUsers = key.userId().equals(author);
        return SessionEvent.builder(documentId, isUsers ? USER : author == null ? "" : author, timestamp)
                .content(content == null ? null : JavaContent.read(content, isUsers))
                .build();
    }

    @Override
    Restored restore(SessionKey key, List<StoredEvent> events) {
        Conversation conversation = new Conversation();
        List<SessionEvent> restored = new ArrayList<>(events.size());
        for (StoredEvent stored : events) {
            SessionEvent event = stored.isExact() ? stored.event() : conversation.restore(stored.event());
            conversation.add(event);
            restored.add(event);
        }
        return new Restored(restored, conversation.synthesisedIds());
    }

    /** What the owner's form lacks is told by the events around, so of an event among others that are not given nothing. */
    @Override
    List<@Nullable SessionEvent> readAgain(
            SessionKey key, List<SessionEvent> events, List<Map<String, @Nullable Object>> documents, boolean alone) {
        Conversation conversation = new Conversation();
        List<@Nullable SessionEvent> restored = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            SessionEvent event = events.get(i);
            SessionEvent read = alone ? tryRead(key, documentId(event.id()), documents.get(i)) : null;
            restored.add(read == null ? null : conversation.restore(read));
            conversation.add(event);
        }
        return restored;
    }
}
