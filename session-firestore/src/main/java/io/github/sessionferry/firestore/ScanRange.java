package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.QueryPartition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A stretch of documents by name.
 *
 * <p>As a cursor it is both paths with two slashes between them, which no path has.
 *
 * @param after the path after which it begins; empty for the beginning
 * @param last the last path in it; empty for the end
 */
record ScanRange(String after, String last) {

    private static final String SEPARATOR = "//";

    static ScanRange of(ScanCursor cursor) {
        int separator = cursor.token().indexOf(SEPARATOR);
        return separator < 0
                ? new ScanRange(cursor.token(), "")
                : new ScanRange(
                        cursor.token().substring(0, separator),
                        cursor.token().substring(separator + SEPARATOR.length()));
    }

    /** Divides what is scanned where partitions of a collection group end; bounds elsewhere do not count. */
    static List<ScanCursor> between(List<QueryPartition> partitions, Predicate<DocumentReference> isScanned) {
        List<ScanCursor> ranges = new ArrayList<>();
        String after = "";
        for (QueryPartition partition : partitions) {
            Object[] end = partition.getEndBefore();
            if (end != null && end[0] instanceof DocumentReference bound && isScanned.test(bound)) {
                ranges.add(new ScanRange(after, bound.getPath()).cursor());
                after = bound.getPath();
            }
        }
        ranges.add(new ScanRange(after, "").cursor());
        return ranges;
    }

    private ScanCursor cursor() {
        return after.isEmpty() && last.isEmpty() ? ScanCursor.START : new ScanCursor(after + SEPARATOR + last);
    }

    /**
     * Restricts a query that is in the order of names.
     *
     * @throws SessionException {@link SessionErrorCode#UNSUPPORTED} if the cursor was none of this store
     */
    Query restrict(Query byName, Firestore firestore) {
        try {
            Query begun = after.isEmpty() ? byName : byName.startAfter(firestore.document(after));
            return last.isEmpty() ? begun : begun.endAt(firestore.document(last));
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.UNSUPPORTED, "the cursor is not one that this store gave", null, null, e);
        }
    }

    /** Where the next page begins; empty if this one, not being full, was the last. */
    Optional<ScanCursor> next(List<QueryDocumentSnapshot> page, int wanted) {
        return page.size() < wanted
                ? Optional.empty()
                : Optional.of(
                        new ScanRange(page.get(page.size() - 1).getReference().getPath(), last).cursor());
    }
}
