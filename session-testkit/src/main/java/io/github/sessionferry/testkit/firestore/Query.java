package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Cursor;
import com.google.firestore.v1.Document;
import com.google.firestore.v1.StructuredQuery;
import com.google.firestore.v1.StructuredQuery.CollectionSelector;
import com.google.firestore.v1.StructuredQuery.FieldReference;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A structured query, checked and ready to run. Immutable. */
final class Query {
    private final ResourcePath parent;
    private final CollectionSelector from;
    private final QueryFilter filter;
    private final QueryOrder order;
    private final @Nullable Cursor start;
    private final @Nullable Cursor end;
    private final int offset;
    private final long limit;
    private final @Nullable List<FieldPath> projection;

    Query(ResourcePath parent, StructuredQuery query) {
        this.parent = parent;
        this.from = fromOf(query);
        this.filter = new QueryFilter(query.getWhere());
        this.order = new QueryOrder(query.getOrderByList(), filter.inequalityFields());
        checkIndexed();
        this.start = query.hasStartAt() ? checked(query.getStartAt()) : null;
        this.end = query.hasEndAt() ? checked(query.getEndAt()) : null;
        this.offset = notNegative("offset", query.getOffset());
        this.limit = query.hasLimit() ? notNegative("limit", query.getLimit().getValue()) : Long.MAX_VALUE;
        this.projection = query.hasSelect()
                ? query.getSelect().getFieldsList().stream()
                        .map(FieldReference::getFieldPath)
                        .map(FieldPath::parse)
                        .toList()
                : null;
    }

    private static CollectionSelector fromOf(StructuredQuery query) {
        if (query.hasFindNearest()) {
            throw Failures.unimplemented("FakeFirestore does not search vectors.");
        }
        return switch (query.getFromCount()) {
            case 0 -> CollectionSelector.getDefaultInstance();
            case 1 -> query.getFrom(0);
            default -> throw Failures.invalid("Only one collection selector is supported.");
        };
    }

    /** Backwards by name alone is the one order that the service does not index by itself. */
    private void checkIndexed() {
        if (!order.isByNameDescending()) {
            return;
        }
        if (from.getCollectionId().isEmpty()) {
            throw Failures.invalid("A query of all collections can only be ordered by __name__ ascending.");
        }
        if (filter.concernsNamesOnly()) {
            throw Failures.failedPrecondition("The query requires an index on __name__ descending.");
        }
    }

    private static int notNegative(String name, int value) {
        if (value < 0) {
            throw Failures.invalid(name + " is negative");
        }
        return value;
    }

    private Cursor checked(Cursor cursor) {
        order.check(cursor);
        return cursor;
    }

    /** The results in their order, whole; see {@link #projected}. */
    List<Snapshot.Entry> run(Snapshot snapshot) {
        Stream<Snapshot.Entry> matches =
                candidates(snapshot).filter(entry -> filter.matches(entry) && order.hasAllFields(entry));
        Stream<Snapshot.Entry> sorted = order.isByNameAscending() ? matches : matches.sorted(order);
        return sorted.dropWhile(this::isBeforeStart)
                .takeWhile(this::isBeforeEnd)
                .skip(offset)
                .limit(limit)
                .toList();
    }

    /** Whether {@code PartitionQuery} takes it. */
    boolean isPartitionable() {
        return from.getAllDescendants() && order.isByNameAscending();
    }

    /** A result with the fields that the query selects. */
    Document projected(Document document) {
        return projection == null ? document : Projection.of(document, projection);
    }

    private Stream<Snapshot.Entry> candidates(Snapshot snapshot) {
        ResourcePath lowest = lowestName(snapshot.database());
        if (from.getAllDescendants()) {
            return from.getCollectionId().isEmpty()
                    ? snapshot.below(parent, lowest)
                    : snapshot.collectionGroup(from.getCollectionId(), parent, lowest);
        }
        return from.getCollectionId().isEmpty()
                ? snapshot.below(parent, lowest).filter(entry -> entry.path().depth() == parent.depth() + 2)
                : snapshot.collection(parent.child(from.getCollectionId()), lowest);
    }

    /** Saves a paged scan from walking again over the pages before. */
    private ResourcePath lowestName(DatabaseName database) {
        String name = start == null ? null : order.nameIn(start);
        return name == null ? ResourcePath.ROOT : database.document(name);
    }

    private boolean isBeforeStart(Snapshot.Entry entry) {
        if (start == null) {
            return false;
        }
        int position = order.compareTo(start, entry);
        return start.getBefore() ? position < 0 : position <= 0;
    }

    private boolean isBeforeEnd(Snapshot.Entry entry) {
        if (end == null) {
            return true;
        }
        int position = order.compareTo(end, entry);
        return end.getBefore() ? position < 0 : position <= 0;
    }
}
