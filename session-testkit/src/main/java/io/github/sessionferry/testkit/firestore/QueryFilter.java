package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.StructuredQuery.CompositeFilter;
import com.google.firestore.v1.StructuredQuery.FieldFilter;
import com.google.firestore.v1.StructuredQuery.Filter;
import com.google.firestore.v1.StructuredQuery.UnaryFilter;
import com.google.firestore.v1.Value;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The {@code where} of a query. Immutable. */
final class QueryFilter {
    private static final int MOST_DISJUNCTIONS = 30;

    private final Predicate<Snapshot.Entry> predicate;
    private final SortedSet<FieldPath> fields = new TreeSet<>();
    private final SortedSet<FieldPath> inequalityFields = new TreeSet<>();

    QueryFilter(Filter filter) {
        this.predicate = compile(filter);
    }

    boolean matches(Snapshot.Entry entry) {
        return predicate.test(entry);
    }

    /** The fields that a query with this filter also sorts by. */
    SortedSet<FieldPath> inequalityFields() {
        return inequalityFields;
    }

    boolean concernsNamesOnly() {
        return fields.stream().allMatch(FieldPath::isName);
    }

    private Predicate<Snapshot.Entry> compile(Filter filter) {
        return switch (filter.getFilterTypeCase()) {
            case COMPOSITE_FILTER -> composite(filter.getCompositeFilter());
            case FIELD_FILTER -> field(filter.getFieldFilter());
            case UNARY_FILTER -> unary(filter.getUnaryFilter());
            case FILTERTYPE_NOT_SET -> entry -> true;
        };
    }

    private Predicate<Snapshot.Entry> composite(CompositeFilter filter) {
        List<Predicate<Snapshot.Entry>> parts =
                filter.getFiltersList().stream().map(this::compile).toList();
        return switch (filter.getOp()) {
            case AND -> entry -> parts.stream().allMatch(part -> part.test(entry));
            case OR -> entry -> parts.stream().anyMatch(part -> part.test(entry));
            default -> throw Failures.invalid("unknown composite operator");
        };
    }

    private Predicate<Snapshot.Entry> field(FieldFilter filter) {
        FieldPath field = FieldPath.parse(filter.getField().getFieldPath());
        Value operand = filter.getValue();
        return switch (filter.getOp()) {
            case EQUAL -> on(field, value -> matches(value, operand));
            case NOT_EQUAL -> {
                inequalityFields.add(field);
                yield on(field, value -> !isNull(operand) && !isNull(value) && !matches(value, operand));
            }
            case LESS_THAN -> inequality(field, operand, order -> order < 0);
            case LESS_THAN_OR_EQUAL -> inequality(field, operand, order -> order <= 0);
            case GREATER_THAN -> inequality(field, operand, order -> order > 0);
            case GREATER_THAN_OR_EQUAL -> inequality(field, operand, order -> order >= 0);
            case IN -> {
                List<Value> wanted = elements("IN", operand);
                yield on(field, value -> contains(wanted, value));
            }
            case NOT_IN -> {
                inequalityFields.add(field);
                List<Value> unwanted = elements("NOT_IN", operand);
                boolean matchesNothing = unwanted.stream().anyMatch(QueryFilter::isNull);
                yield on(field, value -> !matchesNothing && !isNull(value) && !contains(unwanted, value));
            }
            case ARRAY_CONTAINS ->
                on(field, value -> contains(value.getArrayValue().getValuesList(), operand));
            case ARRAY_CONTAINS_ANY -> {
                List<Value> wanted = elements("ARRAY_CONTAINS_ANY", operand);
                yield on(
                        field,
                        value -> value.getArrayValue().getValuesList().stream()
                                .anyMatch(element -> contains(wanted, element)));
            }
            case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> throw Failures.invalid("unknown field operator");
        };
    }

    /** Only values of the operand's type compare with it. */
    private Predicate<Snapshot.Entry> inequality(FieldPath field, Value operand, IntPredicate order) {
        inequalityFields.add(field);
        return on(
                field,
                value -> isComparable(value)
                        && isComparable(operand)
                        && ValueType.of(value) == ValueType.of(operand)
                        && order.test(ValueOrder.compare(value, operand)));
    }

    private Predicate<Snapshot.Entry> unary(UnaryFilter filter) {
        FieldPath field = FieldPath.parse(filter.getField().getFieldPath());
        return switch (filter.getOp()) {
            case IS_NULL -> on(field, QueryFilter::isNull);
            case IS_NAN -> on(field, ValueType::isNaN);
            case IS_NOT_NULL -> {
                inequalityFields.add(field);
                yield on(field, value -> !isNull(value));
            }
            case IS_NOT_NAN -> {
                inequalityFields.add(field);
                yield on(field, value -> !isNull(value) && !ValueType.isNaN(value));
            }
            case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> throw Failures.invalid("unknown unary operator");
        };
    }

    private Predicate<Snapshot.Entry> on(FieldPath field, Predicate<Value> condition) {
        fields.add(field);
        return entry -> {
            Value value = valueOf(entry, field);
            return value != null && condition.test(value);
        };
    }

    static @Nullable Value valueOf(Snapshot.Entry entry, FieldPath field) {
        return field.isName()
                ? Value.newBuilder()
                        .setReferenceValue(entry.document().getName())
                        .build()
                : field.find(entry.fields());
    }

    private static List<Value> elements(String operator, Value operand) {
        List<Value> elements = operand.getArrayValue().getValuesList();
        if (elements.isEmpty()) {
            throw Failures.invalid("'" + operator + "' requires an non-empty ArrayValue.");
        }
        if (elements.size() > MOST_DISJUNCTIONS) {
            throw Failures.invalid("'" + operator + "' supports up to " + MOST_DISJUNCTIONS + " comparison values.");
        }
        return elements;
    }

    private static boolean contains(List<Value> values, Value wanted) {
        return values.stream().anyMatch(value -> matches(value, wanted));
    }

    private static boolean matches(Value left, Value right) {
        return isComparable(left) && ValueOrder.equal(left, right);
    }

    /** Nothing is equal to null or to NaN, less or greater. */
    private static boolean isComparable(Value value) {
        return !isNull(value) && !ValueType.isNaN(value);
    }

    private static boolean isNull(Value value) {
        return ValueType.of(value) == ValueType.NULL;
    }
}
