package io.github.sessionferry.vertex;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain values as protobuf Structs: null, booleans, strings, numbers, lists and maps. Whole numbers are longs. */
final class StructValues {

    private static final double EXACT_IN_DOUBLE = 1L << 53;

    private StructValues() {}

    static Struct struct(Map<?, ? extends @Nullable Object> values) {
        Struct.Builder struct = Struct.newBuilder();
        values.forEach((key, value) -> struct.putFields((String) key, value(value)));
        return struct.build();
    }

    static Value value(@Nullable Object value) {
        Value.Builder built = Value.newBuilder();
        if (value == null) {
            built.setNullValue(NullValue.NULL_VALUE);
        } else if (value instanceof Boolean flag) {
            built.setBoolValue(flag);
        } else if (value instanceof Number number) {
            built.setNumberValue(number.doubleValue());
        } else if (value instanceof String text) {
            built.setStringValue(text);
        } else if (value instanceof List<?> list) {
            ListValue.Builder values = ListValue.newBuilder();
            list.forEach(element -> values.addValues(value(element)));
            built.setListValue(values);
        } else if (value instanceof Map<?, ?> map) {
            built.setStructValue(struct(map));
        } else {
            throw new IllegalArgumentException("a " + value.getClass().getSimpleName() + " is no plain value");
        }
        return built.build();
    }

    static Map<String, @Nullable Object> map(Struct struct) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> values.put(key, object(value)));
        return values;
    }

    static @Nullable Object object(Value value) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> number(value.getNumberValue());
            case STRING_VALUE -> value.getStringValue();
            case STRUCT_VALUE -> map(value.getStructValue());
            case LIST_VALUE -> list(value.getListValue());
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    static List<@Nullable Object> list(ListValue list) {
        List<@Nullable Object> values = new ArrayList<>(list.getValuesCount());
        list.getValuesList().forEach(value -> values.add(object(value)));
        return values;
    }

    private static Object number(double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) <= EXACT_IN_DOUBLE;
        boolean negativeZero = number == 0 && Double.doubleToRawLongBits(number) != 0;
        return whole && !negativeZero ? (Object) (long) number : number;
    }
}
