package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.ArrayValue;
import com.google.firestore.v1.Value;
import java.util.Map;

/** The kinds of values, in the order in which a query sorts them. */
enum ValueType {
    NULL,
    BOOLEAN,
    NUMBER,
    TIMESTAMP,
    STRING,
    BYTES,
    REFERENCE,
    POINT,
    ARRAY,
    VECTOR,
    MAP;

    /** The key that marks a map as the encoding of another type. */
    static final String MARKER = "__type__";

    private static final String VECTOR_MARK = "__vector__";
    private static final String VECTOR_ELEMENTS = "value";

    static ValueType of(Value value) {
        return switch (value.getValueTypeCase()) {
            case NULL_VALUE -> NULL;
            case BOOLEAN_VALUE -> BOOLEAN;
            case INTEGER_VALUE, DOUBLE_VALUE -> NUMBER;
            case TIMESTAMP_VALUE -> TIMESTAMP;
            case STRING_VALUE -> STRING;
            case BYTES_VALUE -> BYTES;
            case REFERENCE_VALUE -> REFERENCE;
            case GEO_POINT_VALUE -> POINT;
            case ARRAY_VALUE -> ARRAY;
            case MAP_VALUE -> isVector(value) ? VECTOR : MAP;
            case FIELD_REFERENCE_VALUE, VARIABLE_REFERENCE_VALUE, FUNCTION_VALUE, PIPELINE_VALUE, VALUETYPE_NOT_SET ->
                throw Failures.invalid("Cannot convert firestore.v1.Value with type unset.");
        };
    }

    static boolean isNaN(Value value) {
        return value.hasDoubleValue() && Double.isNaN(value.getDoubleValue());
    }

    static ArrayValue vectorOf(Value value) {
        return value.getMapValue()
                .getFieldsMap()
                .getOrDefault(VECTOR_ELEMENTS, Value.getDefaultInstance())
                .getArrayValue();
    }

    private static boolean isVector(Value value) {
        Map<String, Value> fields = value.getMapValue().getFieldsMap();
        Value marker = fields.get(MARKER);
        return marker != null
                && marker.getStringValue().equals(VECTOR_MARK)
                && fields.size() == 2
                && fields.containsKey(VECTOR_ELEMENTS);
    }
}
