package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.ArrayValue;
import com.google.firestore.v1.Value;
import com.google.protobuf.Timestamp;
import com.google.type.LatLng;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The order of Firestore's values, across types: null, booleans, numbers (NaN first), timestamps, strings, bytes,
 * references, points, arrays, vectors, maps. Values that compare as 0 are equal to a query: {@code 1} and {@code 1.0}.
 */
final class ValueOrder {
    private static final Comparator<Timestamp> TIMESTAMPS =
            Comparator.comparingLong(Timestamp::getSeconds).thenComparingInt(Timestamp::getNanos);
    private static final Comparator<LatLng> POINTS =
            Comparator.comparingDouble(LatLng::getLatitude).thenComparingDouble(LatLng::getLongitude);

    private ValueOrder() {}

    static int compare(Value left, Value right) {
        ValueType type = ValueType.of(left);
        int order = type.compareTo(ValueType.of(right));
        return order != 0 ? order : compareWithin(type, left, right);
    }

    static boolean equal(Value left, Value right) {
        return compare(left, right) == 0;
    }

    private static int compareWithin(ValueType type, Value left, Value right) {
        return switch (type) {
            case NULL -> 0;
            case BOOLEAN -> Boolean.compare(left.getBooleanValue(), right.getBooleanValue());
            case NUMBER -> compareNumbers(left, right);
            case TIMESTAMP -> TIMESTAMPS.compare(left.getTimestampValue(), right.getTimestampValue());
            case STRING -> Utf8Order.compare(left.getStringValue(), right.getStringValue());
            case BYTES ->
                com.google.protobuf.ByteString.unsignedLexicographicalComparator()
                        .compare(left.getBytesValue(), right.getBytesValue());
            case REFERENCE ->
                Utf8Order.compare(
                        List.of(left.getReferenceValue().split("/", -1)),
                        List.of(right.getReferenceValue().split("/", -1)));
            case POINT -> POINTS.compare(left.getGeoPointValue(), right.getGeoPointValue());
            case ARRAY -> compareArrays(left.getArrayValue(), right.getArrayValue());
            case VECTOR -> compareVectors(ValueType.vectorOf(left), ValueType.vectorOf(right));
            case MAP ->
                compareMaps(
                        left.getMapValue().getFieldsMap(), right.getMapValue().getFieldsMap());
        };
    }

    private static int compareNumbers(Value left, Value right) {
        if (left.hasIntegerValue() && right.hasIntegerValue()) {
            return Long.compare(left.getIntegerValue(), right.getIntegerValue());
        }
        if (left.hasDoubleValue() && right.hasDoubleValue()) {
            return compareDoubles(left.getDoubleValue(), right.getDoubleValue());
        }
        return left.hasIntegerValue()
                ? -compareMixed(right.getDoubleValue(), left.getIntegerValue())
                : compareMixed(left.getDoubleValue(), right.getIntegerValue());
    }

    /** NaN comes first, and the two zeros are equal. */
    private static int compareDoubles(double left, double right) {
        if (Double.isNaN(left) || Double.isNaN(right)) {
            return Boolean.compare(Double.isNaN(right), Double.isNaN(left));
        }
        return left < right ? -1 : left > right ? 1 : 0;
    }

    /** Exact: converting the integer to a double would make neighbours beyond 2^53 equal. */
    private static int compareMixed(double left, long right) {
        if (Double.isNaN(left) || left == Double.NEGATIVE_INFINITY) {
            return -1;
        }
        return left == Double.POSITIVE_INFINITY ? 1 : new BigDecimal(left).compareTo(BigDecimal.valueOf(right));
    }

    private static int compareArrays(ArrayValue left, ArrayValue right) {
        int common = Math.min(left.getValuesCount(), right.getValuesCount());
        for (int i = 0; i < common; i++) {
            int order = compare(left.getValues(i), right.getValues(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.getValuesCount(), right.getValuesCount());
    }

    /** Shorter vectors come first. */
    private static int compareVectors(ArrayValue left, ArrayValue right) {
        int order = Integer.compare(left.getValuesCount(), right.getValuesCount());
        return order != 0 ? order : compareArrays(left, right);
    }

    private static int compareMaps(Map<String, Value> left, Map<String, Value> right) {
        Iterator<Map.Entry<String, Value>> lefts = sorted(left).iterator();
        Iterator<Map.Entry<String, Value>> rights = sorted(right).iterator();
        while (lefts.hasNext() && rights.hasNext()) {
            Map.Entry<String, Value> a = lefts.next();
            Map.Entry<String, Value> b = rights.next();
            int order = Utf8Order.compare(a.getKey(), b.getKey());
            order = order != 0 ? order : compare(a.getValue(), b.getValue());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(lefts.hasNext(), rights.hasNext());
    }

    private static List<Map.Entry<String, Value>> sorted(Map<String, Value> fields) {
        TreeMap<String, Value> sorted = new TreeMap<>(Utf8Order.STRINGS);
        sorted.putAll(fields);
        return new ArrayList<>(sorted.entrySet());
    }
}
