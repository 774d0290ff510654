package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;

/**
 * Where a plan has users, in a word: without their ids.
 *
 * <p>Immutable.
 *
 * @param base the stage of everybody whom the policy does not include
 * @param rollout the stage of those whom it includes
 * @param percentage how many users it includes, from 0 to 100; listed users come on top
 * @since 0.1
 */
public record PlanPosition(Stage base, Stage rollout, double percentage) {

    /** Checks that nothing is missing. */
    public PlanPosition {
        requireNonNull(base, "base");
        requireNonNull(rollout, "rollout");
    }

    static PlanPosition of(RolloutPlan plan) {
        return new PlanPosition(
                plan.base(),
                plan.rollout(),
                plan.policy().enabled() ? plan.policy().percentage() : 0);
    }

    @Override
    public String toString() {
        return base == rollout ? base.name() : base + ", and " + rollout + " for " + percentage + " %";
    }
}
