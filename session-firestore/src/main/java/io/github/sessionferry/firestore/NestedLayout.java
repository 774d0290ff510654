package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.EventDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layout with a collection of sessions for each user, whose owner's form of an event does not hold all of every event.
 *
 * <p>An event is written in the owner's form. If that does not come back equal, {@code ferry_event} beside it holds what
 * does. The other way round, what a document has beyond the form that the owner writes today is kept in the event as the
 * field {@code firestore_document}, so that the same document can be written again. Thread-safe.
 */
abstract class NestedLayout extends Layout {

    /** The event as it is, in ADK's names, where the owner's form does not tell all of it. */
    static final String EXACT = "ferry_event";
    /** A field of an event: how its document differs from the owner's form of it. */
    static final String DOCUMENT = "firestore_document";

    static final String APP_NAME = "appName";
    static final String USER_ID = "userId";

    private static final String SESSIONS = "sessions";
    private static final String CONTENT = "content";

    NestedLayout(Firestore firestore, CollectionNames collections) {
        super(firestore, collections, new FieldNames(APP_NAME, USER_ID, "createTime", "updateTime", "expireTime"));
    }

    // ---- where documents are

    @Override
    final String sessionsCollection() {
        return SESSIONS;
    }

    @Override
    final Query sessions() {
        return groupIn(SESSIONS, collections.root());
    }

    /** The id of the document under which an application's or a user's documents are. */
    static String segment(String name) {
        return DocumentIds.escape(name).orElseGet(() -> DerivedId.of(name));
    }

    // ---- events

    /**
     * The owner's form of an event.
     *
     * @throws io.github.sessionferry.core.SessionException INVALID_SESSION if it has none
     */
    abstract Map<String, @Nullable Object> write(SessionKey key, SessionEvent event);

    /**
     * Reads the owner's form.
     *
     * @throws IllegalArgumentException if it is none; the message names the field
     */
    abstract SessionEvent read(SessionKey key, String documentId, Map<String, @Nullable Object> document);

    @Override
    final List<Map<String, @Nullable Object>> encode(
            SessionKey key, List<SessionEvent> events, boolean alone, Encodings encodings) {
        List<Map<String, @Nullable Object>> documents =
                events.stream().map(event -> asItWas(key, event)).toList();
        List<Map<String, @Nullable Object>> encoded = new ArrayList<>(events.size());
        List<@Nullable SessionEvent> readAgain = readAgain(key, events, documents, alone);
        for (int i = 0; i < events.size(); i++) {
            SessionEvent event = events.get(i);
            boolean isTold = event.equals(readAgain.get(i));
            encoded.add(FirestoreValues.encodeFields(isTold ? documents.get(i) : withExact(key, event), encodings));
        }
        return encoded;
    }

    /** The document that an event was read from, as far as it is known. */
    private Map<String, @Nullable Object> asItWas(SessionKey key, SessionEvent event) {
        Map<String, @Nullable Object> document = write(key, withoutDocument(event));
        if (event.fields().get(DOCUMENT) instanceof Map<?, ?> difference) {
            document = MapDifference.apply(document, MapDifference.map(difference));
            document.keySet().removeAll(List.of(EXACT, ORDER));
        }
        return document;
    }

    private static SessionEvent withoutDocument(SessionEvent event) {
        if (!event.fields().containsKey(DOCUMENT)) {
            return event;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(event.fields());
        fields.remove(DOCUMENT);
        return event.toBuilder().fields(fields).build();
    }

    private Map<String, @Nullable Object> withExact(SessionKey key, SessionEvent event) {
        Map<String, @Nullable Object> document = write(key, withoutDocument(event));
        Map<String, @Nullable Object> exact = EventDocument.write(event);
        SessionEvent read = read(key, documentId(event.id()), document);
        if (event.content().isEmpty()) {
            exact.put(CONTENT, null);
        } else if (event.content().equals(read.content())) {
            exact.remove(CONTENT);
        }
        document.put(EXACT, exact);
        return document;
    }

    /** What reading documents would give; {@code null} for one that is none, or is not told by itself. */
    List<@Nullable SessionEvent> readAgain(
            SessionKey key, List<SessionEvent> events, List<Map<String, @Nullable Object>> documents, boolean alone) {
        List<@Nullable SessionEvent> read = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            read.add(tryRead(key, documentId(events.get(i).id()), documents.get(i)));
        }
        return read;
    }

    final @Nullable SessionEvent tryRead(SessionKey key, String documentId, Map<String, @Nullable Object> document) {
        try {
            return readWithDocument(key, documentId, document);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    final StoredEvent event(SessionKey key, DocumentSnapshot document) {
        Map<String, @Nullable Object> fields = values.decode(data(document));
        fields.remove(ORDER);
        Map<String, @Nullable Object> exact = new DocumentReader("event", fields).map(EXACT);
        fields.remove(EXACT);
        if (exact == null) {
            return StoredEvent.of(readWithDocument(key, document.getId(), fields), false, document);
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>(exact);
        if (!whole.containsKey(CONTENT)) {
            read(key, document.getId(), fields).content().ifPresent(content -> whole.put(CONTENT, content));
        }
        return StoredEvent.of(EventDocument.read(whole, document.getId()), true, document);
    }

    private SessionEvent readWithDocument(SessionKey key, String documentId, Map<String, @Nullable Object> document) {
        SessionEvent event = read(key, documentId, document);
        Map<String, @Nullable Object> difference = MapDifference.between(write(key, event), document);
        if (difference.isEmpty()) {
            return event;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(event.fields());
        fields.put(DOCUMENT, difference);
        return event.toBuilder().fields(fields).build();
    }
}
