package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.Blob;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.FieldValue;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.GeoPoint;
import com.google.cloud.firestore.VectorValue;
import com.google.common.base.Utf8;
import com.google.firestore.v1.Value;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.ValueEncoding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * State values in Firestore's types. What Firestore holds is native, geographical points, references and vectors as
 * {@link TaggedValue}s included; the rest is encoded as {@link ValueEncoding} says. Thread-safe.
 */
final class FirestoreValues {

    private static final String GEO_POINT = "geopoint";
    private static final String REFERENCE = "reference";
    private static final String VECTOR = "vector";

    private static final int MAX_NAME_BYTES = 1000;
    private static final int MAX_VECTOR_SIZE = 2048;
    private static final Instant MIN_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant MAX_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");
    private static final Pattern DOCUMENT_NAME =
            Pattern.compile("projects/[^/]+/databases/[^/]+/documents(/[^/]+/[^/]+)+");

    /** How many lists and maps may stand in one another below a field of a document, its value the first of them. */
    private static final int MAX_LEVELS = 20;

    private static final ValueEncoding OF_FIELDS = encoding(MAX_LEVELS);
    private static final ValueEncoding OF_ENTRIES = encoding(MAX_LEVELS - 1);

    private final Firestore firestore;

    FirestoreValues(Firestore firestore) {
        this.firestore = firestore;
    }

    private static ValueEncoding encoding(int maxDepth) {
        return ValueEncoding.builder()
                .nativeBytes()
                .nativeInstant(FirestoreValues::isTimestamp)
                .noNestedLists()
                .nativeKey(FirestoreValues::isFieldName)
                .nativeTagged(FirestoreValues::isNative)
                .maxDepth(maxDepth)
                .build();
    }

    static boolean isTimestamp(Instant time) {
        return !time.isBefore(MIN_TIME) && !time.isAfter(MAX_TIME) && time.equals(StateValues.toMicros(time));
    }

    static boolean isFieldName(String name) {
        return DocumentIds.isName(name) && Utf8.encodedLength(name) <= MAX_NAME_BYTES;
    }

    private static boolean isNative(TaggedValue tagged) {
        return switch (tagged.tag()) {
            case GEO_POINT ->
                tagged.value() instanceof Map<?, ?> point
                        && point.size() == 2
                        && isWithin(point.get("latitude"), 90)
                        && isWithin(point.get("longitude"), 180);
            case REFERENCE ->
                tagged.value() instanceof String name
                        && DOCUMENT_NAME.matcher(name).matches();
            case VECTOR ->
                tagged.value() instanceof List<?> numbers
                        && !numbers.isEmpty()
                        && numbers.size() <= MAX_VECTOR_SIZE
                        && numbers.stream().allMatch(Double.class::isInstance);
            default -> false;
        };
    }

    private static boolean isWithin(@Nullable Object degrees, double most) {
        return degrees instanceof Double number && Math.abs(number) <= most;
    }

    /** Encodes the fields of a document. */
    static Map<String, @Nullable Object> encodeFields(
            Map<String, ? extends @Nullable Object> fields, Encodings encodings) {
        return encode(OF_FIELDS, fields, encodings);
    }

    /** Encodes the entries of a map that is a field of a document. */
    static Map<String, @Nullable Object> encodeEntries(
            Map<String, ? extends @Nullable Object> entries, Encodings encodings) {
        return encode(OF_ENTRIES, entries, encodings);
    }

    private static Map<String, @Nullable Object> encode(
            ValueEncoding encoding, Map<String, ? extends @Nullable Object> values, Encodings encodings) {
        Map<String, @Nullable Object> encoded = encoding.encodeEntries(values, encodings);
        encoded.replaceAll((name, value) -> toNative(value));
        return encoded;
    }

    /** Encodes the value of a field of a document. */
    static @Nullable Object encodeField(@Nullable Object value, Encodings encodings) {
        return toNative(OF_FIELDS.encode(value, encodings));
    }

    private static @Nullable Object toNative(@Nullable Object value) {
        if (value instanceof Bytes bytes) {
            return Blob.fromBytes(bytes.toArray());
        }
        if (value instanceof Instant time) {
            return toTimestamp(time);
        }
        if (value instanceof TaggedValue tagged) {
            return toNative(tagged);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> natives = new ArrayList<>(list.size());
            list.forEach(element -> natives.add(toNative(element)));
            return natives;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> natives = new LinkedHashMap<>();
            map.forEach((name, element) -> natives.put((String) name, toNative(element)));
            return natives;
        }
        return value;
    }

    private static Object toNative(TaggedValue tagged) {
        Object value = tagged.value();
        if (value instanceof Map<?, ?> point) {
            return new GeoPoint(
                    (Double) requireNonNull(point.get("latitude")), (Double) requireNonNull(point.get("longitude")));
        }
        if (value instanceof List<?> numbers) {
            return FieldValue.vector(numbers.stream()
                    .mapToDouble(number -> (Double) requireNonNull(number))
                    .toArray());
        }
        return Value.newBuilder()
                .setReferenceValue((String) requireNonNull(value))
                .build();
    }

    static Timestamp toTimestamp(Instant time) {
        return Timestamp.ofTimeSecondsAndNanos(time.getEpochSecond(), time.getNano());
    }

    static Instant toInstant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    /**
     * Decodes fields of a document, or the entries of a map in one.
     *
     * @throws IllegalArgumentException if a value is of no known type, or nested too deep
     */
    Map<String, @Nullable Object> decode(Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        fields.forEach((name, value) -> plain.put(name, fromNative(value)));
        return OF_FIELDS.decodeEntries(plain);
    }

    /** Decodes one value; throws as {@link #decode(Map)}. */
    @Nullable
    Object decodeValue(@Nullable Object value) {
        return OF_FIELDS.decode(fromNative(value));
    }

    private @Nullable Object fromNative(@Nullable Object value) {
        if (value instanceof Blob blob) {
            return Bytes.copyOf(blob.toBytes());
        }
        if (value instanceof Timestamp time) {
            return toInstant(time);
        }
        if (value instanceof GeoPoint point) {
            return new TaggedValue(
                    GEO_POINT, Map.of("latitude", point.getLatitude(), "longitude", point.getLongitude()));
        }
        if (value instanceof VectorValue vector) {
            List<Double> numbers = new ArrayList<>();
            for (double number : vector.toArray()) {
                numbers.add(number);
            }
            return new TaggedValue(VECTOR, numbers);
        }
        if (value instanceof DocumentReference reference) {
            return new TaggedValue(REFERENCE, nameOf(reference));
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(element -> plain.add(fromNative(element)));
            return plain;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((name, element) -> plain.put((String) name, fromNative(element)));
            return plain;
        }
        return value;
    }

    /** The full name, project and database included, which the client tells in a query only. */
    private String nameOf(DocumentReference reference) {
        return firestore
                .collection("any")
                .whereEqualTo("reference", reference)
                .toProto()
                .getStructuredQuery()
                .getWhere()
                .getFieldFilter()
                .getValue()
                .getReferenceValue();
    }
}
