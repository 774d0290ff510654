package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.QueryPartition;
import io.github.sessionferry.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stretch of a collection by document id.
 *
 * <p>As a cursor it is both ids with a slash between them, which no document id has.
 *
 * @param after the id after which it begins; empty for the beginning of the collection
 * @param last the last id in it; empty for the end of the collection
 */
record ScanRange(String after, String last) {

    private static final String SEPARATOR = "/";

    static ScanRange of(ScanCursor cursor) {
        int separator = cursor.token().indexOf(SEPARATOR);
        return separator < 0
                ? new ScanRange(cursor.token(), "")
                : new ScanRange(
                        cursor.token().substring(0, separator), cursor.token().substring(separator + 1));
    }

    /** Divides a collection where partitions of its collection group end; bounds in other collections do not count. */
    static List<ScanCursor> between(String collection, List<QueryPartition> partitions) {
        List<ScanCursor> ranges = new ArrayList<>();
        String after = "";
        for (QueryPartition partition : partitions) {
            Object[] end = partition.getEndBefore();
            if (end != null
                    && end[0] instanceof DocumentReference bound
                    && bound.getParent().getPath().equals(collection)) {
                ranges.add(new ScanRange(after, bound.getId()).cursor());
                after = bound.getId();
            }
        }
        ranges.add(new ScanRange(after, "").cursor());
        return ranges;
    }

    private ScanCursor cursor() {
        return after.isEmpty() && last.isEmpty() ? ScanCursor.START : new ScanCursor(after + SEPARATOR + last);
    }

    /** Restricts a query that is in the order of document ids. */
    Query restrict(Query byId) {
        Query begun = after.isEmpty() ? byId : byId.startAfter(after);
        return last.isEmpty() ? begun : begun.endAt(last);
    }

    /** Where the next page begins; empty if this one, not being full, was the last. */
    Optional<ScanCursor> next(List<QueryDocumentSnapshot> page, int wanted) {
        return page.size() < wanted
                ? Optional.empty()
                : Optional.of(new ScanRange(page.get(page.size() - 1).getId(), last).cursor());
    }
}
