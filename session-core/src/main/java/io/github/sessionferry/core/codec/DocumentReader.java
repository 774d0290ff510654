package io.github.sessionferry.core.codec;

import io.github.sessionferry.core.StateValues;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes typed fields out of a document that somebody else may have written; what is taken is removed.
 *
 * <p>Messages name the field and what it should be, never what it holds. Not thread-safe.
 *
 * @since 0.1
 */
public final class DocumentReader {

    private static final long LEAST_MILLIS = 100_000_000_000L;

    private final String subject;
    private final Map<String, @Nullable Object> rest;

    /**
     * Begins with all fields of a document.
     *
     * @param subject what the document is, for messages, such as {@code event}
     * @param document the fields by name; not changed
     */
    public DocumentReader(String subject, Map<String, ? extends @Nullable Object> document) {
        this.subject = subject;
        this.rest = new LinkedHashMap<>(document);
    }

    /**
     * What has not been taken.
     *
     * @return the remaining fields by name
     */
    public Map<String, @Nullable Object> rest() {
        return rest;
    }

    /**
     * Takes a text.
     *
     * @param names the names that it may have; the first that is there counts
     * @return the text, or {@code null} if no such field is there or it is null
     * @throws IllegalArgumentException if it is something else
     */
    public @Nullable String text(String... names) {
        Object value = take(names);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(names[0], "a string");
    }

    /**
     * Takes a map.
     *
     * @param names the names that it may have; the first that is there counts
     * @return the map, or {@code null} if no such field is there or it is null
     * @throws IllegalArgumentException if it is something else
     */
    @SuppressWarnings("unchecked") // state values have no maps with other keys
    public @Nullable Map<String, @Nullable Object> map(String... names) {
        Object value = take(names);
        if (value == null || value instanceof Map<?, ?>) {
            return (Map<String, @Nullable Object>) value;
        }
        throw wrong(names[0], "a map");
    }

    /**
     * Takes a list.
     *
     * @param names the names that it may have; the first that is there counts
     * @return the list, or {@code null} if no such field is there or it is null
     * @throws IllegalArgumentException if it is something else
     */
    @SuppressWarnings("unchecked") // a list of whatever values
    public @Nullable List<@Nullable Object> list(String... names) {
        Object value = take(names);
        if (value == null || value instanceof List<?>) {
            return (List<@Nullable Object>) value;
        }
        throw wrong(names[0], "a list");
    }

    /**
     * Takes a time: a timestamp, seconds since 1970 as a number, or ISO 8601 text. A whole number of at least
     * 100,000,000,000 is taken for milliseconds, in which ADK for Java writes the times of events.
     *
     * @param names the names that it may have; the first that is there counts
     * @return the time, rounded to the nearest microsecond if it was a number, or {@code null} if no such field is there
     *     or it is null
     * @throws IllegalArgumentException if it is something else
     */
    public @Nullable Instant time(String... names) {
        Object value = take(names);
        try {
            if (value == null || value instanceof Instant) {
                return (Instant) value;
            }
            if (value instanceof Long number && number >= LEAST_MILLIS) {
                return Instant.ofEpochMilli(number);
            }
            if (value instanceof Long || value instanceof Double) {
                return ofEpochSeconds(new BigDecimal(value.toString()));
            }
            if (value instanceof String text) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw wrong(names[0], "a time that can be represented");
        }
        throw wrong(names[0], "a time: a timestamp, seconds since 1970, or ISO 8601 text with its offset");
    }

    /**
     * Insists that a field was there.
     *
     * @param value what was taken
     * @param name the field's name
     * @param <T> its type
     * @return the value
     * @throws IllegalArgumentException if there was none
     */
    public <T> T require(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("the " + subject + " has no " + name);
        }
        return value;
    }

    /**
     * A time as seconds since 1970, the form of ADK's dumps and of many stores.
     *
     * @param time a time to the microsecond
     * @return seconds with their fraction, exact to the microsecond from 1685 to 2255
     */
    public static double toEpochSeconds(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond())
                .add(BigDecimal.valueOf(time.getNano(), 9))
                .doubleValue();
    }

    private static Instant ofEpochSeconds(BigDecimal seconds) {
        BigDecimal micros = seconds.movePointRight(6).setScale(0, RoundingMode.HALF_EVEN);
        long exact = micros.longValueExact();
        return StateValues.toMicros(
                Instant.ofEpochSecond(Math.floorDiv(exact, 1_000_000L), Math.floorMod(exact, 1_000_000L) * 1_000L));
    }

    private @Nullable Object take(String... names) {
        for (String name : names) {
            if (rest.containsKey(name)) {
                return rest.remove(name);
            }
        }
        return null;
    }

    private IllegalArgumentException wrong(String name, String expected) {
        return new IllegalArgumentException("the " + subject + "'s " + name + " is not " + expected);
    }
}
