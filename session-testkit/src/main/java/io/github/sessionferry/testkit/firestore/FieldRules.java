package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.ArrayValue;
import com.google.firestore.v1.MapValue;
import com.google.firestore.v1.Value;
import com.google.type.LatLng;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the fields of a document may hold, and the form in which they are kept. */
final class FieldRules {
    private static final int DEEPEST = 20;
    private static final int LONGEST_NAME = 1500;
    private static final int LARGEST_DOCUMENT = 1 << 20;
    private static final int DOCUMENT_OVERHEAD = 32;
    private static final int PATH_OVERHEAD = 16;

    private FieldRules() {}

    /**
     * Checks the fields that a document is about to have.
     *
     * @return the fields as they are kept: timestamps cut to microseconds
     */
    static Map<String, Value> checked(ResourcePath path, String documentName, Map<String, Value> fields) {
        Map<String, Value> kept = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            checkTopLevelName(name);
            kept.put(name, checked(name, value, 0, false));
        });
        checkSize(path, documentName, kept);
        return kept;
    }

    private static void checkTopLevelName(String name) {
        if (name.isEmpty()) {
            throw Failures.invalid("The property.name is the empty string.");
        }
        if (utf8Length(name) > LONGEST_NAME) {
            throw Failures.invalid("The property.name is longer than 1500 bytes.");
        }
        if (ResourcePath.isReserved(name)) {
            throw Failures.invalid("field name " + name + " is reserved");
        }
    }

    private static Value checked(String field, Value value, int depth, boolean inArray) {
        return switch (value.getValueTypeCase()) {
            case TIMESTAMP_VALUE ->
                value.toBuilder()
                        .setTimestampValue(Micros.truncated(value.getTimestampValue()))
                        .build();
            case GEO_POINT_VALUE -> {
                checkPoint(value.getGeoPointValue());
                yield value;
            }
            case REFERENCE_VALUE -> {
                String reference = value.getReferenceValue();
                DatabaseName.ofResource(reference).document(reference);
                yield value;
            }
            case ARRAY_VALUE -> {
                if (inArray) {
                    throw Failures.invalid("Cannot convert an array value in an array value.");
                }
                checkDepth(field, depth);
                yield Value.newBuilder()
                        .setArrayValue(checkedArray(field, value.getArrayValue(), depth + 1))
                        .build();
            }
            case MAP_VALUE -> {
                checkDepth(field, depth);
                yield ValueType.of(value) == ValueType.VECTOR
                        ? checkedVector(value)
                        : Value.newBuilder()
                                .setMapValue(checkedMap(field, value.getMapValue(), depth + 1))
                                .build();
            }
            default -> {
                ValueType.of(value);
                yield value;
            }
        };
    }

    private static ArrayValue checkedArray(String field, ArrayValue array, int depth) {
        ArrayValue.Builder kept = ArrayValue.newBuilder();
        array.getValuesList().forEach(element -> kept.addValues(checked(field, element, depth, true)));
        return kept.build();
    }

    private static MapValue checkedMap(String field, MapValue map, int depth) {
        MapValue.Builder kept = MapValue.newBuilder();
        map.getFieldsMap().forEach((name, value) -> {
            if (name.isEmpty() || name.equals(ValueType.MARKER) || utf8Length(name) > LONGEST_NAME) {
                throw invalidNested(field);
            }
            if (ResourcePath.isReserved(name)) {
                throw Failures.invalid("field name '" + name + "' is reserved.");
            }
            kept.putFields(name, checked(field, value, depth, false));
        });
        return kept.build();
    }

    private static Value checkedVector(Value vector) {
        if (!ValueType.vectorOf(vector).getValuesList().stream().allMatch(Value::hasDoubleValue)) {
            throw Failures.invalid("Vector must only contain values of type 'double'");
        }
        return vector;
    }

    private static void checkDepth(String field, int depth) {
        if (depth >= DEEPEST) {
            throw invalidNested(field);
        }
    }

    private static RuntimeException invalidNested(String field) {
        return Failures.invalid("Property " + field + " contains an invalid nested entity.");
    }

    private static void checkPoint(LatLng point) {
        checkDegrees("latitude", point.getLatitude(), 90);
        checkDegrees("longitude", point.getLongitude(), 180);
    }

    private static void checkDegrees(String name, double degrees, double most) {
        if (!(Math.abs(degrees) <= most)) {
            throw Failures.invalid(
                    "Geo point %s '%s' outside permitted range -%s to %s.".formatted(name, degrees, most, most));
        }
    }

    private static void checkSize(ResourcePath path, String documentName, Map<String, Value> fields) {
        long size = DOCUMENT_OVERHEAD + PATH_OVERHEAD + sizeOf(fields);
        for (String segment : path.segments()) {
            size += utf8Length(segment) + 1;
        }
        if (size > LARGEST_DOCUMENT) {
            throw Failures.invalid(
                    "Document '%s' cannot be written because its size (%,d bytes) exceeds the maximum allowed size of %,d bytes."
                            .formatted(documentName, size, LARGEST_DOCUMENT));
        }
    }

    private static long sizeOf(Map<String, Value> fields) {
        long size = 0;
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            size += utf8Length(field.getKey()) + 1 + sizeOf(field.getValue());
        }
        return size;
    }

    private static long sizeOf(Value value) {
        return switch (ValueType.of(value)) {
            case NULL, BOOLEAN -> 1;
            case NUMBER, TIMESTAMP -> 8;
            case POINT -> 16;
            case STRING -> utf8Length(value.getStringValue()) + 1;
            case BYTES -> value.getBytesValue().size();
            case REFERENCE -> utf8Length(value.getReferenceValue()) + 1;
            case ARRAY ->
                value.getArrayValue().getValuesList().stream()
                        .mapToLong(FieldRules::sizeOf)
                        .sum();
            case VECTOR, MAP -> sizeOf(value.getMapValue().getFieldsMap());
        };
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
