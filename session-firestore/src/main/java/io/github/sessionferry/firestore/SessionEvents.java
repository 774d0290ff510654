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
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DocumentReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the events of a session, page by page. */
final class SessionEvents {

    private static final int PAGE = 300;
    private static final double A_MICROSECOND = 1e-6;

    private static final Comparator<Entry> ORDER = Comparator.comparing(
                    (Entry entry) -> entry.event().timestamp())
            .thenComparing(Entry::createTime)
            .thenComparing(Entry::order)
            .thenComparing(entry -> entry.event().id());

    private final Documents documents;
    private final AdkFlatLayout layout;

    SessionEvents(Documents documents, AdkFlatLayout layout) {
        this.documents = documents;
        this.layout = layout;
    }

    private record Entry(SessionEvent event, Timestamp createTime, long order) {}

    /**
     * Reads events as they were at a moment.
     *
     * @throws io.github.sessionferry.core.SessionException CORRUPT if a document is no event
     */
    List<SessionEvent> read(SessionKey key, DocumentReference session, EventSelection selection, Timestamp moment) {
        if (selection.limit() == 0) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (DocumentSnapshot document : find(AdkFlatLayout.events(session), selection, moment)) {
            entries.add(entry(key, document));
        }
        entries.sort(ORDER);
        return selection.apply(entries.stream().map(Entry::event).toList());
    }

    private List<DocumentSnapshot> find(CollectionReference events, EventSelection selection, Timestamp moment) {
        if (selection.since().isPresent()) {
            // Whoever wrote the number may have had a finer one: the exact bound is applied to what was read.
            double earliest = DocumentReader.toEpochSeconds(selection.since().get()) - A_MICROSECOND;
            return pages(
                    events.whereGreaterThanOrEqualTo(AdkFlatLayout.TIMESTAMP, earliest)
                            .orderBy(AdkFlatLayout.TIMESTAMP),
                    Integer.MAX_VALUE,
                    moment);
        }
        return selection.limit() == Integer.MAX_VALUE
                // By name, for an event without a timestamp is in no order by timestamp, and must not be missed.
                ? pages(events.orderBy(FieldPath.documentId()), Integer.MAX_VALUE, moment)
                : last(events, selection.limit(), moment);
    }

    private List<DocumentSnapshot> last(CollectionReference events, int count, Timestamp moment) {
        List<DocumentSnapshot> newest =
                pages(events.orderBy(AdkFlatLayout.TIMESTAMP, Direction.DESCENDING), count, moment);
        if (newest.size() < count) {
            return newest;
        }
        // Which events of the earliest time are among the last is decided by their order, so all of them are needed.
        Object earliest = requireNonNull(newest.get(newest.size() - 1).get(AdkFlatLayout.TIMESTAMP));
        Set<String> present = new HashSet<>();
        newest.forEach(document -> present.add(document.getId()));
        for (DocumentSnapshot tied : pages(
                events.whereEqualTo(AdkFlatLayout.TIMESTAMP, earliest).orderBy(FieldPath.documentId()),
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

    private Entry entry(SessionKey key, DocumentSnapshot document) {
        try {
            Object order = document.get(AdkFlatLayout.ORDER);
            return new Entry(
                    layout.event(document),
                    requireNonNull(document.getCreateTime()),
                    order instanceof Long number ? number : 0);
        } catch (IllegalArgumentException e) {
            throw SessionPlaces.corrupt(key, document, e);
        }
    }
}
