package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.ArrayValue;
import com.google.firestore.v1.DocumentTransform.FieldTransform;
import com.google.firestore.v1.Value;
import com.google.protobuf.NullValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transform makes of a field. */
final class FieldTransforms {
    private static final Value NULL =
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

    private FieldTransforms() {}

    /** What is kept in the document, and what the write's result says. */
    record Result(Value stored, Value reported) {
        static Result same(Value value) {
            return new Result(value, value);
        }

        static Result array(List<Value> elements) {
            ArrayValue array = ArrayValue.newBuilder().addAllValues(elements).build();
            return new Result(Value.newBuilder().setArrayValue(array).build(), NULL);
        }
    }

    static Result apply(FieldTransform transform, @Nullable Value current, long nowMicros) {
        return switch (transform.getTransformTypeCase()) {
            case SET_TO_SERVER_VALUE ->
                Result.same(Value.newBuilder()
                        .setTimestampValue(Micros.toMillisTimestamp(nowMicros))
                        .build());
            case INCREMENT -> Result.same(increment(current, numeric(transform.getIncrement())));
            case MAXIMUM -> Result.same(extreme(current, numeric(transform.getMaximum()), 1));
            case MINIMUM -> Result.same(extreme(current, numeric(transform.getMinimum()), -1));
            case APPEND_MISSING_ELEMENTS ->
                Result.array(union(current, transform.getAppendMissingElements().getValuesList()));
            case REMOVE_ALL_FROM_ARRAY ->
                Result.array(without(current, transform.getRemoveAllFromArray().getValuesList()));
            case TRANSFORMTYPE_NOT_SET -> throw Failures.invalid("empty field transform");
        };
    }

    private static Value numeric(Value operand) {
        if (ValueType.of(operand) != ValueType.NUMBER) {
            throw Failures.invalid("Input must be int64 or double.");
        }
        return operand;
    }

    private static boolean isNumber(@Nullable Value value) {
        return value != null && ValueType.of(value) == ValueType.NUMBER;
    }

    /** Integers saturate; a double on either side makes the sum a double. */
    private static Value increment(@Nullable Value current, Value operand) {
        if (current == null || !isNumber(current)) {
            return operand;
        }
        if (current.hasIntegerValue() && operand.hasIntegerValue()) {
            return Value.newBuilder()
                    .setIntegerValue(saturatedSum(current.getIntegerValue(), operand.getIntegerValue()))
                    .build();
        }
        return Value.newBuilder()
                .setDoubleValue(doubleOf(current) + doubleOf(operand))
                .build();
    }

    private static long saturatedSum(long left, long right) {
        long sum = left + right;
        boolean overflows = ((left ^ sum) & (right ^ sum)) < 0;
        return overflows ? (left < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
    }

    static double doubleOf(Value number) {
        return number.hasIntegerValue() ? number.getIntegerValue() : number.getDoubleValue();
    }

    /** Equal numbers of different types leave the field as it is; NaN wins. */
    private static Value extreme(@Nullable Value current, Value operand, int direction) {
        if (current == null || !isNumber(current) || ValueType.isNaN(operand)) {
            return operand;
        }
        return ValueType.isNaN(current) || direction * ValueOrder.compare(current, operand) >= 0 ? current : operand;
    }

    private static List<Value> union(@Nullable Value current, List<Value> added) {
        List<Value> elements = new ArrayList<>(elementsOf(current));
        for (Value element : added) {
            if (elements.stream().noneMatch(present -> ValueOrder.equal(present, element))) {
                elements.add(element);
            }
        }
        return elements;
    }

    private static List<Value> without(@Nullable Value current, List<Value> removed) {
        return elementsOf(current).stream()
                .filter(element -> removed.stream().noneMatch(gone -> ValueOrder.equal(gone, element)))
                .toList();
    }

    private static List<Value> elementsOf(@Nullable Value current) {
        return current == null ? List.of() : current.getArrayValue().getValuesList();
    }
}
