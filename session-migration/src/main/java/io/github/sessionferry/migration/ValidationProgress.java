package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a validation has come.
 *
 * <p>Immutable.
 *
 * @param counts what was found so far
 * @param elapsed how long it has been running; not negative
 * @param total how many sessions will be looked at in both stores together, about; empty if neither can tell
 * @param remaining how long the pass under way will take yet: first over the source, session by session, then over the
 *     target, which is quicker; empty if too little is known
 * @since 0.1
 */
public record ValidationProgress(
        ValidationCounts counts, Duration elapsed, OptionalLong total, Optional<RemainingTime> remaining) {

    /** Checks the parts. */
    public ValidationProgress {
        requireNonNull(counts, "counts");
        requireNonNull(elapsed, "elapsed");
        requireNonNull(total, "total");
        requireNonNull(remaining, "remaining");
    }

    /**
     * How many sessions were looked at in both stores together.
     *
     * @return the number
     */
    public long done() {
        return counts.source() + counts.target();
    }
}
