package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.AggregationResult;
import com.google.firestore.v1.StructuredAggregationQuery.Aggregation;
import com.google.firestore.v1.Value;
import com.google.protobuf.NullValue;
import java.util.List;
import java.util.Objects;

/** Counts, sums and averages over the results of a query. */
final class Aggregations {
    private Aggregations() {}

    /** Only documents that have every field that is summed or averaged take part. */
    static AggregationResult of(List<Aggregation> aggregations, List<Snapshot.Entry> results) {
        List<FieldPath> required = aggregations.stream()
                .filter(aggregation -> !aggregation.hasCount())
                .map(Aggregations::fieldOf)
                .toList();
        List<Snapshot.Entry> entries = results.stream()
                .filter(entry -> required.stream().allMatch(field -> field.find(entry.fields()) != null))
                .toList();
        AggregationResult.Builder result = AggregationResult.newBuilder();
        int number = 0;
        for (Aggregation aggregation : aggregations) {
            number++;
            String alias = aggregation.getAlias().isEmpty() ? "field_" + number : aggregation.getAlias();
            result.putAggregateFields(alias, valueOf(aggregation, entries));
        }
        return result.build();
    }

    private static Value valueOf(Aggregation aggregation, List<Snapshot.Entry> entries) {
        return switch (aggregation.getOperatorCase()) {
            case COUNT -> count(aggregation.getCount(), entries.size());
            case SUM -> sum(numbers(fieldOf(aggregation), entries));
            case AVG -> average(numbers(fieldOf(aggregation), entries));
            case OPERATOR_NOT_SET -> throw Failures.invalid("aggregation without an operator");
        };
    }

    private static Value count(Aggregation.Count count, long size) {
        return integer(count.hasUpTo() ? Math.min(size, count.getUpTo().getValue()) : size);
    }

    private static FieldPath fieldOf(Aggregation aggregation) {
        return FieldPath.parse(
                aggregation.hasSum()
                        ? aggregation.getSum().getField().getFieldPath()
                        : aggregation.getAvg().getField().getFieldPath());
    }

    private static List<Value> numbers(FieldPath field, List<Snapshot.Entry> entries) {
        return entries.stream()
                .map(entry -> field.find(entry.fields()))
                .filter(Objects::nonNull)
                .filter(value -> ValueType.of(value) == ValueType.NUMBER)
                .toList();
    }

    /** An integer as long as all are and the sum fits. */
    private static Value sum(List<Value> numbers) {
        if (numbers.stream().allMatch(Value::hasIntegerValue)) {
            try {
                return integer(
                        numbers.stream().mapToLong(Value::getIntegerValue).reduce(0, Math::addExact));
            } catch (ArithmeticException tooLarge) {
                return doubleValue(doubleSum(numbers));
            }
        }
        return doubleValue(doubleSum(numbers));
    }

    private static Value average(List<Value> numbers) {
        return numbers.isEmpty()
                ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
                : doubleValue(doubleSum(numbers) / numbers.size());
    }

    private static double doubleSum(List<Value> numbers) {
        return numbers.stream().mapToDouble(FieldTransforms::doubleOf).sum();
    }

    private static Value integer(long value) {
        return Value.newBuilder().setIntegerValue(value).build();
    }

    private static Value doubleValue(double value) {
        return Value.newBuilder().setDoubleValue(value).build();
    }
}
