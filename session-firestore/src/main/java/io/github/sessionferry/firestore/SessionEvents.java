package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.Query.Direction;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.firestore.Layout.Restored;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the events of a session, page by page. */
final class SessionEvents {

    private static final int PAGE = 300;

    private final Documents documents;
    private final Layout layout;

    SessionEvents(Documents documents, Layout layout) {
        this.documents = documents;
        this.layout = layout;
    }

    /**
     * Reads events as they were at a moment.
     *
     * @throws io.github.sessionferry.core.SessionException CORRUPT if a document is no event
     */
    Restored read(SessionKey key, DocumentReference session, EventSelection selection, Timestamp moment) {
        if (selection.limit() == 0) {
            return new Restored(List.of(), Map.of());
        }
        List<StoredEvent> events = new ArrayList<>();
        for (DocumentSnapshot document : find(layout.events(session), selection, moment)) {
            events.add(event(key, document));
        }
        events.sort(StoredEvent.ORDER);
        Restored restored = layout.restore(key, events);
        return new Restored(selection.apply(restored.events()), restored.synthesisedIds());
    }

    private List<DocumentSnapshot> find(CollectionReference events, EventSelection selection, Timestamp moment) {
        Optional<Object> least = selection.since().flatMap(layout::leastTimestamp);
        if (least.isPresent()) {
            return pages(
                    events.whereGreaterThanOrEqualTo(Layout.TIMESTAMP, least.get())
                            .orderBy(Layout.TIMESTAMP),
                    Integer.MAX_VALUE,
                    moment);
        }
        return selection.limit() == Integer.MAX_VALUE || !layout.hasTimestampsInOrder()
                // By name, for an event without a timestamp is in no order by timestamp, and must not be missed.
                ? pages(events.orderBy(FieldPath.documentId()), Integer.MAX_VALUE, moment)
                : last(events, selection.limit(), moment);
    }

    private List<DocumentSnapshot> last(CollectionReference events, int count, Timestamp moment) {
        List<DocumentSnapshot> newest = pages(events.orderBy(Layout.TIMESTAMP, Direction.DESCENDING), count, moment);
        if (newest.size() < count) {
            return newest;
        }
        // Which events of the earliest time are among the last is decided by their order, so all of them are needed.
        Object earliest = requireNonNull(newest.get(newest.size() - 1).get(Layout.TIMESTAMP));
        Set<String> present = new HashSet<>();
        newest.forEach(document -> present.add(document.getId()));
        for (DocumentSnapshot tied : pages(
                events.whereEqualTo(Layout.TIMESTAMP, earliest).orderBy(FieldPath.documentId()),
                Integer.MAX_VALUE,
                moment)) {
            if (present.add(tied.getId())) {
                newest.add(tied);
            }
        }
        return newest;
    }

    private List<DocumentSnapshot> pages(Query query, int limit, Timestamp moment) {
        List<DocumentSnapshot> found = new ArrayList<>();
        @Nullable DocumentSnapshot last = null;
        int wanted;
        List<QueryDocumentSnapshot> page;
        do {
            wanted = Math.min(PAGE, limit - found.size());
            Query next = last == null ? query : query.startAfter(last);
            page = documents.query(next.limit(wanted), moment);
            found.addAll(page);
            last = page.isEmpty() ? null : page.get(page.size() - 1);
        } while (page.size() == wanted && found.size() < limit);
        return found;
    }

    private StoredEvent event(SessionKey key, DocumentSnapshot document) {
        try {
            return layout.event(key, document);
        } catch (IllegalArgumentException e) {
            throw SessionPlaces.corrupt(key, document, e);
        }
    }
}
