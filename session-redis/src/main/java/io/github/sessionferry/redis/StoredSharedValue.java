package io.github.sessionferry.redis;

import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.codec.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of shared state as its field has it. Immutable.
 *
 * @param changed when the field was last changed, which orders the changes that appends make
 * @param told the time that is told of the value; {@code null} if unknown
 * @param token the change
 * @param json the value; empty if the key was removed
 */
record StoredSharedValue(Instant changed, @Nullable Instant told, String token, String json) {

    private static final String UNKNOWN = "-";
    private static final int PARTS = 4;

    static StoredSharedValue read(String field) {
        String[] parts = field.split(" ", PARTS);
        if (parts.length != PARTS) {
            throw new IllegalArgumentException("a value of the shared state is none");
        }
        return new StoredSharedValue(
                RedisTime.parse(parts[0], "shared time"),
                parts[1].equals(UNKNOWN) ? null : RedisTime.parse(parts[1], "shared time"),
                parts[2],
                parts[3]);
    }

    String write() {
        return String.join(" ", RedisTime.text(changed), told == null ? UNKNOWN : RedisTime.text(told), token, json);
    }

    /** The value; empty if the key was removed. */
    Optional<SharedValue> value() {
        return json.isEmpty() ? Optional.empty() : Optional.of(SharedValue.of(Json.read(json), told));
    }

    boolean holds(SharedValue other) {
        return value().filter(value -> Objects.equals(value.value(), other.value()))
                .isPresent();
    }

    /** A time for the next change: now, or just after this one. */
    static Instant next(Instant now, @Nullable StoredSharedValue present) {
        return present == null || now.isAfter(present.changed) ? now : present.changed.plus(1, ChronoUnit.MICROS);
    }
}
