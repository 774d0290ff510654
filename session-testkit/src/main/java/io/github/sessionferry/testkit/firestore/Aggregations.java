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

    static AggregationResult of(List<Aggregation> aggregations, List<Snapshot.Entry> entries) {
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
            case SUM -> sum(numbers(aggregation.getSum().getField().getFieldPath(), entries));
            case AVG -> average(numbers(aggregation.getAvg().getField().getFieldPath(), entries));
            case OPERATOR_NOT_SET -> throw Failures.invalid("aggregation without an operator");
        };
    }

    private static Value count(Aggregation.Count count, long size) {
        return integer(count.hasUpTo() ? Math.min(size, count.getUpTo().getValue()) : size);
    }

    private static List<Value> numbers(String fieldPath, List<Snapshot.Entry> entries) {
        FieldPath field = FieldPath.parse(fieldPath);
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
