package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Cursor;
import com.google.firestore.v1.StructuredQuery.Direction;
import com.google.firestore.v1.StructuredQuery.Order;
import com.google.firestore.v1.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The total order of a query's results: what it asks for, the fields of its inequalities, the name. Immutable. */
final class QueryOrder implements Comparator<Snapshot.Entry> {
    private record Key(FieldPath field, boolean descending) {
        int compare(Value left, Value right) {
            int order = ValueOrder.compare(left, right);
            return descending ? -order : order;
        }
    }

    private final List<Key> keys;

    QueryOrder(List<Order> orders, SortedSet<FieldPath> inequalityFields) {
        Map<FieldPath, Boolean> descendingByField = new LinkedHashMap<>();
        boolean descending = false;
        for (Order order : orders) {
            descending = order.getDirection() == Direction.DESCENDING;
            descendingByField.putIfAbsent(FieldPath.parse(order.getField().getFieldPath()), descending);
        }
        for (FieldPath field : inequalityFields) {
            if (!field.isName()) {
                descendingByField.putIfAbsent(field, descending);
            }
        }
        descendingByField.putIfAbsent(FieldPath.NAME, descending);
        this.keys = keysUpToName(descendingByField);
        checkSorted(inequalityFields);
    }

    /** Names are unique, so that nothing after them matters. */
    private static List<Key> keysUpToName(Map<FieldPath, Boolean> descendingByField) {
        List<Key> keys = new ArrayList<>();
        for (Map.Entry<FieldPath, Boolean> entry : descendingByField.entrySet()) {
            keys.add(new Key(entry.getKey(), entry.getValue()));
            if (entry.getKey().isName()) {
                break;
            }
        }
        return List.copyOf(keys);
    }

    private void checkSorted(SortedSet<FieldPath> inequalityFields) {
        if (!keys.stream().map(Key::field).toList().containsAll(inequalityFields)) {
            throw Failures.invalid("The fields of inequalities must be sorted by before __name__.");
        }
    }

    /** Whether this is the order in which documents are stored. */
    boolean isByNameAscending() {
        return keys.get(0).field().isName() && !keys.get(0).descending();
    }

    boolean isByNameDescending() {
        return keys.get(0).field().isName() && keys.get(0).descending();
    }

    /** Documents without a field that is sorted by are no results. */
    boolean hasAllFields(Snapshot.Entry entry) {
        return keys.stream().allMatch(key -> key.field().isName() || key.field().find(entry.fields()) != null);
    }

    @Override
    public int compare(Snapshot.Entry left, Snapshot.Entry right) {
        for (Key key : keys) {
            int order = key.field().isName()
                    ? (key.descending() ? -1 : 1) * left.path().compareTo(right.path())
                    : key.compare(valueOf(left, key), valueOf(right, key));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Where a document lies relative to the position that a cursor names with a prefix of the sorted values. */
    int compareTo(Cursor cursor, Snapshot.Entry entry) {
        for (int i = 0; i < cursor.getValuesCount(); i++) {
            int order = keys.get(i).compare(valueOf(entry, keys.get(i)), cursor.getValues(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    void check(Cursor cursor) {
        if (cursor.getValuesCount() > keys.size()) {
            throw Failures.invalid("Cursor has too many values.");
        }
        for (int i = 0; i < cursor.getValuesCount(); i++) {
            if (keys.get(i).field().isName() && !cursor.getValues(i).hasReferenceValue()) {
                throw Failures.invalid("Cursor position for the key property is not a reference.");
            }
        }
    }

    /** The name that a cursor of a query in stored order starts with. */
    @Nullable
    String nameIn(Cursor cursor) {
        return isByNameAscending() && cursor.getValuesCount() > 0
                ? cursor.getValues(0).getReferenceValue()
                : null;
    }

    private static Value valueOf(Snapshot.Entry entry, Key key) {
        return Objects.requireNonNull(QueryFilter.valueOf(entry, key.field()));
    }
}
