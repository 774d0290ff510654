package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a user's sessions have moved: which store decides, and who else is read and written.
 *
 * <p>The stages stand in the order in which a migration goes through them, one step at a time, forth or back.
 *
 * @since 0.1
 */
@SuppressWarnings("EnumOrdinal") // the order of the stages is their meaning
public enum Stage {
    /** The source alone is read and written. */
    SOURCE_ONLY(StoreSide.SOURCE),
    /** The source decides; the target is written after it, and read if the source fails. */
    DUAL_WRITE(StoreSide.SOURCE),
    /** As {@link #DUAL_WRITE}; reads are compared with the target beside the caller's path. */
    SHADOW(StoreSide.SOURCE),
    /** The target decides; the source is written after it, and read on a miss or if the target fails. */
    TARGET_FIRST(StoreSide.TARGET),
    /** The target decides; a session that only the source has is copied once, until a cut-off date. */
    TARGET_WITH_FALLBACK(StoreSide.TARGET),
    /** The target alone is read and written. */
    TARGET_ONLY(StoreSide.TARGET);

    private final StoreSide authority;

    Stage(StoreSide authority) {
        this.authority = authority;
    }

    /**
     * Names the store whose answer counts: what it has acknowledged is done, and what it holds is true.
     *
     * @return the side
     */
    public StoreSide authority() {
        return authority;
    }

    /**
     * Tells whether every change is written to both stores.
     *
     * @return true for {@link #DUAL_WRITE}, {@link #SHADOW} and {@link #TARGET_FIRST}
     */
    public boolean writesBoth() {
        return this == DUAL_WRITE || this == SHADOW || this == TARGET_FIRST;
    }

    /**
     * Tells whether processes may be in these two stages at the same time.
     *
     * @param other the other stage
     * @return true if they are the same or one step apart
     */
    public boolean isBeside(Stage other) {
        return Math.abs(ordinal() - requireNonNull(other, "other").ordinal()) <= 1;
    }

    /**
     * The stage one step further.
     *
     * @return the stage, or empty after the last
     */
    public Optional<Stage> next() {
        return this == TARGET_ONLY ? Optional.empty() : Optional.of(values()[ordinal() + 1]);
    }

    /**
     * The stage one step back.
     *
     * @return the stage, or empty before the first
     */
    public Optional<Stage> previous() {
        return this == SOURCE_ONLY ? Optional.empty() : Optional.of(values()[ordinal() - 1]);
    }

    /**
     * Reads a stage as somebody wrote it.
     *
     * @param name the name of a constant, exactly
     * @return the stage
     * @throws IllegalArgumentException if there is no such stage; the message lists them
     */
    public static Stage parse(String name) {
        requireNonNull(name, "name");
        return Arrays.stream(values())
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no such stage; the stages are "
                        + Arrays.stream(values()).map(Stage::name).collect(Collectors.joining(", "))));
    }
}
