package io.github.sessionferry.core;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of shared state, and when it was written if the store knows.
 *
 * <p>Immutable. Its {@link #toString()} shows no value.
 *
 * @since 0.1
 */
public final class SharedValue {

    private final @Nullable Object value;
    private final @Nullable Instant writeTime;

    private SharedValue(@Nullable Object value, @Nullable Instant writeTime) {
        this.value = StateValues.normalise(value);
        this.writeTime = writeTime == null ? null : StateValues.toMicros(writeTime);
    }

    /**
     * A value with its time.
     *
     * @param value any state value
     * @param writeTime when the value was written, at the latest; {@code null} if unknown
     * @return the pair
     * @throws IllegalArgumentException as {@link StateValues#normalise}
     */
    public static SharedValue of(@Nullable Object value, @Nullable Instant writeTime) {
        return new SharedValue(value, writeTime);
    }

    /**
     * The value.
     *
     * @return a state value
     */
    public @Nullable Object value() {
        return value;
    }

    /**
     * When the value was written, at the latest.
     *
     * @return the time to the microsecond, or empty if the store cannot tell
     */
    public Optional<Instant> writeTime() {
        return Optional.ofNullable(writeTime);
    }

    /**
     * Tells whether this value is known to be newer than another.
     *
     * @param other the value held elsewhere
     * @return true if both times are known and this one is later; false if not, or unknown
     */
    public boolean isNewerThan(SharedValue other) {
        return writeTime != null && other.writeTime != null && writeTime.isAfter(other.writeTime);
    }

    @Override
    public String toString() {
        return "SharedValue[written " + (writeTime == null ? "at an unknown time" : writeTime) + "]";
    }
}
