package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.rollout.RolloutPlan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a migration is.
 *
 * <p>Immutable.
 *
 * @param plan who is in which stage
 * @param change how it came to that
 * @param settledAt since when every process goes by the plan; empty if some may not yet
 * @param validatedAt when a complete validation ended that found both stores equal and still counts; empty if none did
 * @param owesCarryBack whether the target may have what the source has never been given, to be {@linkplain CarryBack
 *     carried back}
 * @param processes what the processes have last said of themselves
 * @since 0.1
 */
public record MigrationStatus(
        RolloutPlan plan,
        PlanChange change,
        Optional<Instant> settledAt,
        Optional<Instant> validatedAt,
        boolean owesCarryBack,
        List<ProcessLease> processes) {

    /** Checks and copies. */
    public MigrationStatus {
        requireNonNull(plan, "plan");
        requireNonNull(change, "change");
        requireNonNull(settledAt, "settledAt");
        requireNonNull(validatedAt, "validatedAt");
        processes = List.copyOf(processes);
    }

    /**
     * The processes that may still go by an older plan.
     *
     * @return those that have not acknowledged the plan's version
     */
    public List<ProcessLease> behind() {
        return processes.stream()
                .filter(lease -> lease.acknowledged() < plan.version())
                .toList();
    }
}
