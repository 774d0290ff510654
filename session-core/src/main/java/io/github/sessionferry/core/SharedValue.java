package io.github.sessionferry.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of shared state, and when it was written if the store knows.
 *
 * <p>A value that {@linkplain #replaces() replaces} is one to be stored: the one store that decides holds it, so it takes
 * the place of any other, whatever the times. Stores are given such values and never tell them.
 *
 * <p>Immutable. Its {@link #toString()} shows no value.
 *
 * @since 0.1
 */
public final class SharedValue {

    private final @Nullable Object value;
    private final @Nullable Instant writeTime;

    private final boolean replaces;
    private final OverruledCopies overruledCopies;

    private SharedValue(@Nullable Object value, @Nullable Instant writeTime, boolean replaces) {
        this.value = StateValues.normalise(value);
        this.writeTime = writeTime == null ? null : StateValues.toMicros(writeTime);
        this.replaces = replaces;
        overruledCopies = OverruledCopies.NONE;
    }

    private SharedValue(SharedValue value, OverruledCopies overruledCopies) {
        this.value = value.value;
        writeTime = value.writeTime;
        replaces = value.replaces;
        this.overruledCopies = overruledCopies;
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
        return new SharedValue(value, writeTime, false);
    }

    /**
     * A value that takes the place of any other.
     *
     * @param value any state value; {@link TaggedValue#REMOVED} makes it a {@linkplain #removal() removal}
     * @param writeTime when the value was written, at the latest; {@code null} to have it taken for written when it is
     *     stored
     * @return a value to be {@linkplain SessionService#storeSharedState stored}
     * @throws IllegalArgumentException as {@link StateValues#normalise}
     */
    public static SharedValue replacing(@Nullable Object value, @Nullable Instant writeTime) {
        return new SharedValue(value, writeTime, true);
    }

    /**
     * What takes a key away.
     *
     * @return a {@linkplain #replacing replacing} value to be {@linkplain SessionService#storeSharedState stored}
     */
    public static SharedValue removal() {
        return replacing(TaggedValue.REMOVED, null);
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
     * The copies in single sessions that hold another value than this one, which counts.
     *
     * @return what the store has found of them; none in a store whose sessions keep no copies
     */
    public OverruledCopies overruledCopies() {
        return overruledCopies;
    }

    /**
     * This value with one more copy that it overrules.
     *
     * @param copy the copy
     * @return the value
     */
    public SharedValue overruling(OverruledCopies.Copy copy) {
        return new SharedValue(this, overruledCopies.plus(new OverruledCopies(1, List.of(copy))));
    }

    /**
     * Tells whether this value takes the place of any other.
     *
     * @return true for a {@linkplain #replacing replacing} value
     */
    public boolean replaces() {
        return replaces;
    }

    /**
     * Tells whether this takes a key away.
     *
     * @return true for a {@linkplain #removal() removal}
     */
    public boolean isRemoval() {
        return replaces && TaggedValue.REMOVED.equals(value);
    }

    /**
     * This value as a store holds it once it is written.
     *
     * @param now the time of the store
     * @return the value with its time; {@code now} if it {@linkplain #replaces() replaces} and has none
     */
    public SharedValue storedAt(Instant now) {
        return replaces ? of(value, writeTime == null ? now : writeTime) : this;
    }

    /**
     * Tells whether a store that has the other value writes this one over it, if the two differ.
     *
     * @param other the value held elsewhere
     * @return true if this one {@linkplain #replaces() replaces}, or both times are known and this one is later
     */
    public boolean isNewerThan(SharedValue other) {
        return replaces || (writeTime != null && other.writeTime != null && writeTime.isAfter(other.writeTime));
    }

    @Override
    public String toString() {
        return "SharedValue[written " + (writeTime == null ? "at an unknown time" : writeTime)
                + (isRemoval() ? ", removes" : replaces ? ", replaces" : "") + "]";
    }
}
