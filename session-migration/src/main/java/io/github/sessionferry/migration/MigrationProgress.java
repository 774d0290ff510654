package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a migration has come.
 *
 * <p>Immutable.
 *
 * @param counts what was done so far
 * @param elapsed how long it has been running; not negative
 * @param total how many sessions the source says it has, about; empty if it cannot tell
 * @param remaining how long it will take yet; empty if too little is known
 * @param quotas how far the stores' quotas were used, one for each kind of call; unmodifiable
 * @since 0.1
 */
public record MigrationProgress(
        MigrationCounts counts,
        Duration elapsed,
        OptionalLong total,
        Optional<RemainingTime> remaining,
        List<QuotaUse> quotas) {

    /** Checks and copies the parts. */
    public MigrationProgress {
        requireNonNull(counts, "counts");
        requireNonNull(elapsed, "elapsed");
        requireNonNull(total, "total");
        requireNonNull(remaining, "remaining");
        quotas = List.copyOf(quotas);
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
