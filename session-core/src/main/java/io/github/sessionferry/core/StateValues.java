package io.github.sessionferry.core;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that a session's state, an event's content and all their fields may hold.
 *
 * <p>They are: {@code null}, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link Bytes},
 * {@link Instant}, {@link TaggedValue}, {@link List} of values and {@link Map} from strings to values. {@code 1} and
 * {@code 1.0} are different values, as are {@code 0.0} and {@code -0.0}; {@code NaN} equals itself. Maps are equal
 * whatever their order.
 *
 * <p>Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class StateValues {

    /** The deepest nesting of lists, maps and tagged values that a value may have. */
    public static final int MAX_DEPTH = 100;

    /** The tag of a whole or decimal number that is too large or too precise for a {@link Long} or {@link Double}. */
    public static final String NUMBER_TAG = "number";

    private static final int DIGITS_OF_DOUBLE = 17;

    private StateValues() {}

    /**
     * Brings a value into its one immutable form: narrower numbers become {@link Long} or {@link Double}, arrays of
     * bytes become {@link Bytes}, lists and maps are copied. A whole number beyond a {@link Long}, and a decimal beyond
     * a {@link Double} or of more significant digits than the 17 that tell doubles apart, becomes a {@link TaggedValue}
     * with {@link #NUMBER_TAG} and its decimal text, unless a double is exactly that decimal.
     *
     * @param value any value
     * @return the same value, immutable
     * @throws IllegalArgumentException if a part of the value is of another type, a map has a key that is no string, or
     *     the nesting is deeper than {@value #MAX_DEPTH}; the message names the type, never the value
     */
    public static @Nullable Object normalise(@Nullable Object value) {
        return normalise(value, 0);
    }

    /**
     * Brings every value of a map into its immutable form.
     *
     * @param values a map of values
     * @return an unmodifiable copy in the same order
     * @throws IllegalArgumentException as {@link #normalise(Object)}
     */
    public static Map<String, @Nullable Object> normaliseMap(Map<String, ? extends @Nullable Object> values) {
        return map(values, 0);
    }

    /**
     * Applies a state delta to values of state: the keys removed go, the others get their new value.
     *
     * @param values values by key
     * @param delta new values by key, {@link TaggedValue#REMOVED} for a key that goes; keys as those of the values
     * @return a new map
     */
    public static Map<String, @Nullable Object> apply(
            Map<String, ? extends @Nullable Object> values, Map<String, ? extends @Nullable Object> delta) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
        delta.forEach((key, value) -> {
            if (TaggedValue.REMOVED.equals(value)) {
                changed.remove(key);
            } else {
                changed.put(key, value);
            }
        });
        return changed;
    }

    /**
     * Brings a time to the resolution that every store keeps.
     *
     * @param time a time
     * @return the time without what is finer than a microsecond
     */
    public static Instant toMicros(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    private static @Nullable Object normalise(@Nullable Object value, int depth) {
        if (value == null
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Double
                || value instanceof String
                || value instanceof Bytes
                || value instanceof Instant) {
            return value;
        }
        if (value instanceof TaggedValue tagged) {
            checkDepth(depth + 1);
            normalise(tagged.value(), depth + 1);
            return tagged;
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof byte[] bytes) {
            return Bytes.copyOf(bytes);
        }
        if (value instanceof Collection<?> collection) {
            return list(collection, depth + 1);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth + 1);
        }
        throw new IllegalArgumentException(
                "a " + value.getClass().getName() + " is no state value; convert it to a string, number, list or map");
    }

    private static Object number(Number number) {
        if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof Float) {
            return number.doubleValue();
        }
        if (number instanceof BigInteger integer) {
            return integer.bitLength() < Long.SIZE
                    ? (Object) integer.longValue()
                    : new TaggedValue(NUMBER_TAG, integer.toString());
        }
        if (number instanceof BigDecimal decimal) {
            return isDouble(decimal, decimal.doubleValue())
                    ? (Object) decimal.doubleValue()
                    : new TaggedValue(NUMBER_TAG, decimal.toString());
        }
        throw new IllegalArgumentException("a " + number.getClass().getName() + " is no state value");
    }

    private static boolean isDouble(BigDecimal decimal, double nearest) {
        if (!Double.isFinite(nearest)) {
            return false;
        }
        boolean vanishes = nearest == 0 && decimal.signum() != 0;
        return (!vanishes && decimal.precision() <= DIGITS_OF_DOUBLE)
                || new BigDecimal(nearest).compareTo(decimal) == 0;
    }

    private static List<@Nullable Object> list(Collection<?> values, int depth) {
        checkDepth(depth);
        List<@Nullable Object> copy = new ArrayList<>(values.size());
        for (Object value : values) {
            copy.add(normalise(value, depth));
        }
        return Collections.unmodifiableList(copy);
    }

    private static Map<String, @Nullable Object> map(Map<?, ? extends @Nullable Object> values, int depth) {
        checkDepth(depth);
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("a map has a key that is no string");
            }
            copy.put(name, normalise(value, depth));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("lists, maps and tagged values are nested deeper than " + MAX_DEPTH
                    + " levels, or hold themselves");
        }
    }
}
