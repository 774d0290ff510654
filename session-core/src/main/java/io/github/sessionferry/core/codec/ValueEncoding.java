package io.github.sessionferry.core.codec;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes state values in terms of the types that a store has, so that they come back equal.
 *
 * <p>A value that the store can hold is left as it is, for other readers of the store. Any other becomes a map of two
 * entries, {@code {"$type": KIND, "value": …}}; a map of the session's own that has a {@code $type} key is wrapped in the
 * same way, so that it is not taken for one.
 *
 * <p>Every encoding can hold {@code null}, booleans, well-formed strings, and lists and maps of what it can hold.
 *
 * <p>Immutable and thread-safe.
 *
 * @since 0.1
 */
public final class ValueEncoding {

    private static final String TYPE = "$type";
    private static final String VALUE = "value";
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private final LongPredicate nativeLong;
    private final DoublePredicate nativeDouble;
    private final boolean nativeBytes;
    private final Predicate<Instant> nativeInstant;
    private final boolean nativeNestedLists;
    private final Predicate<String> nativeKey;
    private final Predicate<TaggedValue> nativeTagged;
    private final int maxDepth;

    private ValueEncoding(Builder builder) {
        nativeLong = builder.nativeLong;
        nativeDouble = builder.nativeDouble;
        nativeBytes = builder.nativeBytes;
        nativeInstant = builder.nativeInstant;
        nativeNestedLists = builder.nativeNestedLists;
        nativeKey = builder.nativeKey;
        nativeTagged = builder.nativeTagged;
        maxDepth = builder.maxDepth;
    }

    /**
     * The encoding for JSON text whose numbers keep their kind: {@code 1} is a long, {@code 1.0} a double.
     *
     * @return the encoding
     */
    public static ValueEncoding json() {
        return builder().nativeDouble(Double::isFinite).maxDepth(Json.MAX_DEPTH).build();
    }

    /**
     * The encoding for {@code google.protobuf.Struct}, whose every number is a double: whole numbers up to 2^53 stay
     * plain and come back as longs, doubles stay plain unless they are whole.
     *
     * @return the encoding
     * @see <a href="https://protobuf.dev/reference/protobuf/google.protobuf/#struct">google.protobuf.Struct</a>
     */
    public static ValueEncoding struct() {
        return builder()
                .nativeLong(value -> Math.abs(value) <= EXACT_IN_DOUBLE && value != Long.MIN_VALUE)
                .nativeDouble(value -> Double.isFinite(value) && value != Math.rint(value))
                .maxDepth(20)
                .build();
    }

    /**
     * Starts an encoding for a store that holds every long and double, lists in lists, any well-formed key, and nothing
     * beyond.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Encodes a value.
     *
     * @param value a state value
     * @param encodings where to count the values that are not left as they are
     * @return the value in the store's terms
     */
    public @Nullable Object encode(@Nullable Object value, Encodings encodings) {
        return encode(value, encodings, 1, false);
    }

    /**
     * Encodes the values of a map whose keys become names in the store, such as a session's state.
     *
     * @param values state values by key
     * @param encodings where to count the values that are not left as they are
     * @return the values in the store's terms; those whose key the store cannot hold, or is {@code $type}, stand encoded
     *     together under the key {@code $type}
     */
    public Map<String, @Nullable Object> encodeEntries(
            Map<String, ? extends @Nullable Object> values, Encodings encodings) {
        Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
        Map<String, @Nullable Object> unnameable = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (isPlainKey(key)) {
                encoded.put(key, encode(value, encodings));
            } else {
                unnameable.put(key, value);
            }
        });
        if (!unnameable.isEmpty()) {
            encoded.put(TYPE, map(unnameable, encodings, 1));
        }
        return encoded;
    }

    /**
     * Decodes what {@link #encodeEntries} made.
     *
     * @param encoded values in the store's terms by key
     * @return the state values by key
     * @throws IllegalArgumentException if a value is no state value, or is encoded wrongly
     */
    public Map<String, @Nullable Object> decodeEntries(Map<String, ? extends @Nullable Object> encoded) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        encoded.forEach((key, value) -> {
            Object decoded = decode(value);
            if (key.equals(TYPE) && looksEncoded(value) && decoded instanceof Map<?, ?> map && !looksEncoded(map)) {
                map.forEach((name, inner) -> values.put((String) name, inner));
            } else {
                values.put(key, decoded);
            }
        });
        return values;
    }

    private @Nullable Object encode(@Nullable Object value, Encodings encodings, int depth, boolean inList) {
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof String text) {
            return isWellFormed(text) ? text : tagged("utf16", utf16(text), encodings);
        }
        if (value instanceof Long number) {
            return nativeLong.test(number) ? number : tagged("int64", number.toString(), encodings);
        }
        if (value instanceof Double number) {
            return nativeDouble.test(number) ? number : tagged("double", number.toString(), encodings);
        }
        if (value instanceof Bytes bytes) {
            return nativeBytes
                    ? bytes
                    : tagged("bytes", Base64.getEncoder().encodeToString(bytes.toArray()), encodings);
        }
        if (value instanceof Instant instant) {
            return nativeInstant.test(instant) ? instant : tagged("timestamp", instant.toString(), encodings);
        }
        if (value instanceof TaggedValue custom) {
            return nativeTagged.test(custom) ? custom : custom(custom, encodings, depth);
        }
        if (value instanceof List<?> list) {
            return inList && !nativeNestedLists
                    ? wrappedList(list, encodings, depth)
                    : fits(list, depth + 1) ? list(list, encodings, depth) : asJson(list, encodings);
        }
        return map((Map<?, ?>) value, encodings, depth);
    }

    private Object wrappedList(List<?> list, Encodings encodings, int depth) {
        return fits(list, depth + 2)
                ? tagged("list", list(list, encodings, depth + 1), encodings)
                : asJson(list, encodings);
    }

    private List<@Nullable Object> list(Collection<?> values, Encodings encodings, int depth) {
        List<@Nullable Object> encoded = new ArrayList<>(values.size());
        for (Object value : values) {
            encoded.add(encode(value, encodings, depth + 1, true));
        }
        return encoded;
    }

    private Object map(Map<?, ?> values, Encodings encodings, int depth) {
        for (Object key : values.keySet()) {
            if (!isPlainKey((String) key)) {
                return entries(values, encodings, depth);
            }
        }
        if (!fits(values.values(), depth + 1)) {
            return asJson(values, encodings);
        }
        Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
        values.forEach((key, value) -> encoded.put((String) key, encode(value, encodings, depth + 1, false)));
        return encoded;
    }

    private boolean isPlainKey(String key) {
        return !key.equals(TYPE) && isWellFormed(key) && nativeKey.test(key);
    }

    private Object entries(Map<?, ?> values, Encodings encodings, int depth) {
        if (!fits(values.keySet(), depth + 3) || !fits(values.values(), depth + 3)) {
            return asJson(values, encodings);
        }
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("keys", list(values.keySet(), encodings, depth + 2));
        columns.put("values", list(values.values(), encodings, depth + 2));
        return tagged("map", columns, encodings);
    }

    private Object custom(TaggedValue value, Encodings encodings, int depth) {
        if (!fits(Arrays.asList(value.tag(), value.value()), depth + 2)) {
            return asJson(value, encodings);
        }
        Map<String, @Nullable Object> parts = new LinkedHashMap<>();
        parts.put("tag", encode(value.tag(), encodings, depth + 2, false));
        parts.put("of", encode(value.value(), encodings, depth + 2, false));
        return tagged("tagged", parts, encodings);
    }

    /** Tells whether values may stand at a depth: one level deeper than the deepest list or map, only plain ones may. */
    private boolean fits(Collection<?> values, int depth) {
        return depth <= maxDepth || (depth == maxDepth + 1 && values.stream().allMatch(this::isPlainScalar));
    }

    private boolean isPlainScalar(@Nullable Object value) {
        return !(value instanceof List<?> || value instanceof Map<?, ?>)
                && !(encode(value, new Encodings(), 1, false) instanceof Map<?, ?>);
    }

    private static Object asJson(Object value, Encodings encodings) {
        return tagged("json", Json.write(value), encodings);
    }

    private static Map<String, @Nullable Object> tagged(String kind, Object value, Encodings encodings) {
        encodings.add(kind);
        Map<String, @Nullable Object> tagged = new LinkedHashMap<>();
        tagged.put(TYPE, kind);
        tagged.put(VALUE, value);
        return tagged;
    }

    /**
     * Decodes what {@link #encode} made.
     *
     * @param encoded a value in the store's terms; a map that only looks encoded is taken as it is
     * @return the state value
     * @throws IllegalArgumentException as {@link StateValues#normalise}
     */
    public @Nullable Object decode(@Nullable Object encoded) {
        if (encoded instanceof List<?> list) {
            List<@Nullable Object> decoded = new ArrayList<>(list.size());
            for (Object value : list) {
                decoded.add(decode(value));
            }
            return Collections.unmodifiableList(decoded);
        }
        if (encoded instanceof Map<?, ?> map) {
            return looksEncoded(map) ? untagged(map) : decodeMap(map);
        }
        return StateValues.normalise(encoded);
    }

    private static boolean looksEncoded(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                && map.size() == 2
                && map.get(TYPE) instanceof String
                && map.get(VALUE) != null;
    }

    private Map<String, @Nullable Object> decodeMap(Map<?, ?> map) {
        Map<String, @Nullable Object> decoded = new LinkedHashMap<>();
        map.forEach((key, value) -> decoded.put((String) key, decode(value)));
        return Collections.unmodifiableMap(decoded);
    }

    private @Nullable Object untagged(Map<?, ?> whole) {
        Object value = requireNonNull(whole.get(VALUE));
        try {
            return switch ((String) requireNonNull(whole.get(TYPE))) {
                case "utf16" -> ofUtf16((String) value);
                case "int64" -> Long.valueOf((String) value);
                case "double" -> Double.valueOf((String) value);
                case "bytes" -> Bytes.copyOf(Base64.getDecoder().decode((String) value));
                case "timestamp" -> Instant.parse((String) value);
                case "json" -> Json.read((String) value);
                case "list" -> decode(value);
                case "map" -> zip(fields(value));
                case "tagged" -> custom(fields(value));
                default -> decodeMap(whole);
            };
        } catch (ClassCastException | IllegalArgumentException | DateTimeException e) {
            return decodeMap(whole);
        }
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static DocumentReader fields(Object value) {
        return new DocumentReader("encoded value", (Map<String, @Nullable Object>) value);
    }

    private Map<String, @Nullable Object> zip(DocumentReader columns) {
        List<@Nullable Object> keys = columns.require(columns.list("keys"), "keys");
        List<@Nullable Object> values = columns.require(columns.list("values"), "values");
        if (keys.size() != values.size()) {
            throw new IllegalArgumentException("an encoded map has not as many values as keys");
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (!(decode(keys.get(i)) instanceof String key)) {
                throw new IllegalArgumentException("an encoded map has a key that is no string");
            }
            map.put(key, decode(values.get(i)));
        }
        return Collections.unmodifiableMap(map);
    }

    private TaggedValue custom(DocumentReader parts) {
        if (!(decode(parts.rest().get("tag")) instanceof String tag)) {
            throw new IllegalArgumentException("an encoded tagged value has a tag that is no string");
        }
        return new TaggedValue(tag, decode(parts.rest().get("of")));
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(text);
            }
        }
        return true;
    }

    private static String utf16(String text) {
        byte[] units = new byte[text.length() * 2];
        for (int i = 0; i < text.length(); i++) {
            units[2 * i] = (byte) (text.charAt(i) >> 8);
            units[2 * i + 1] = (byte) text.charAt(i);
        }
        return Base64.getEncoder().encodeToString(units);
    }

    /** Keeps lone surrogates, which a {@link java.nio.charset.Charset} would replace. */
    private static String ofUtf16(String base64) {
        byte[] units = Base64.getDecoder().decode(base64);
        if (units.length % 2 != 0) {
            throw new IllegalArgumentException("an encoded string has half a character");
        }
        return ByteBuffer.wrap(units).asCharBuffer().toString();
    }

    /**
     * Builds an encoding by what the store can hold. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private LongPredicate nativeLong = value -> true;
        private DoublePredicate nativeDouble = value -> true;
        private boolean nativeBytes;
        private Predicate<Instant> nativeInstant = value -> false;
        private boolean nativeNestedLists = true;
        private Predicate<String> nativeKey = key -> true;
        private Predicate<TaggedValue> nativeTagged = value -> false;
        private int maxDepth = StateValues.MAX_DEPTH;

        private Builder() {}

        /**
         * Which longs the store holds exactly.
         *
         * @param held true for those
         * @return this builder
         */
        public Builder nativeLong(LongPredicate held) {
            nativeLong = held;
            return this;
        }

        /**
         * Which doubles the store holds, and gives back as doubles.
         *
         * @param held true for those
         * @return this builder
         */
        public Builder nativeDouble(DoublePredicate held) {
            nativeDouble = held;
            return this;
        }

        /**
         * The store holds bytes.
         *
         * @return this builder
         */
        public Builder nativeBytes() {
            nativeBytes = true;
            return this;
        }

        /**
         * Which times the store holds exactly.
         *
         * @param held true for those
         * @return this builder
         */
        public Builder nativeInstant(Predicate<Instant> held) {
            nativeInstant = held;
            return this;
        }

        /**
         * The store holds no list directly in a list.
         *
         * @return this builder
         */
        public Builder noNestedLists() {
            nativeNestedLists = false;
            return this;
        }

        /**
         * Which well-formed strings the store holds as keys of a map.
         *
         * @param held true for those
         * @return this builder
         */
        public Builder nativeKey(Predicate<String> held) {
            nativeKey = held;
            return this;
        }

        /**
         * Which tagged values the store's own code turns into types of the store.
         *
         * @param held true for those
         * @return this builder
         */
        public Builder nativeTagged(Predicate<TaggedValue> held) {
            nativeTagged = held;
            return this;
        }

        /**
         * How deep lists and maps may be nested, those of encoded values included; what is deeper is written as JSON
         * text.
         *
         * @param levels the levels, the outermost list or map of a value being the first; at least 1
         * @return this builder
         * @throws IllegalArgumentException if there is no level
         */
        public Builder maxDepth(int levels) {
            if (levels < 1) {
                throw new IllegalArgumentException("maxDepth is " + levels + "; it must be at least 1");
            }
            maxDepth = levels;
            return this;
        }

        /**
         * Makes the encoding.
         *
         * @return the encoding
         */
        public ValueEncoding build() {
            return new ValueEncoding(this);
        }
    }
}
