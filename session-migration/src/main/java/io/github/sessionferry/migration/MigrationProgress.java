package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How far a migration has come.
 *
 * <p>Immutable.
 *
 * @param counts what was done so far
 * @param elapsed how long it has been running; not negative
 * @since 0.1
 */
public record MigrationProgress(MigrationCounts counts, Duration elapsed) {

    /** Checks the parts. */
    public MigrationProgress {
        requireNonNull(counts, "counts");
        requireNonNull(elapsed, "elapsed");
    }

    /**
     * How fast it goes.
     *
     * @return sessions done per second, on average so far; 0 if no time has passed
     */
    public double sessionsPerSecond() {
        return Rates.perSecond(counts.done(), elapsed);
    }
}
