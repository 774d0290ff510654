package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;

/**
 * A change of the plan as it is kept for good: one for each version, and one for each attempt that was refused.
 *
 * <p>Immutable; holds no user ids.
 *
 * @param version the version of the plan that it led to, or would have
 * @param time when
 * @param by who asked for it, as told
 * @param reason why, as told
 * @param from where users were
 * @param to where they are since, or were to be
 * @param overridden the guards that would have refused it
 * @param outcome what became of it
 * @since 0.1
 */
public record PlanChange(
        long version,
        Instant time,
        String by,
        String reason,
        PlanPosition from,
        PlanPosition to,
        Set<Guard> overridden,
        Outcome outcome) {

    /**
     * What becomes of a change.
     *
     * @since 0.1
     */
    public enum Outcome {
        /** The plan is that since. */
        MOVED,
        /** The plan is that since, by an emergency rollback, which no guard stops. */
        EMERGENCY,
        /** A guard or a rule stood against it; nothing was changed. */
        REFUSED
    }

    /** Checks and copies. */
    public PlanChange {
        requireNonNull(time, "time");
        requireNonNull(by, "by");
        requireNonNull(reason, "reason");
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        overridden = Set.copyOf(overridden);
        requireNonNull(outcome, "outcome");
    }
}
