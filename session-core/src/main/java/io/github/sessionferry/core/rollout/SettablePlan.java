package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

/**
 * A plan that the program sets.
 *
 * <p>It takes any plan: whoever sets one asks {@link RolloutPlan#leadsTo} first, and tells other processes. Thread-safe.
 *
 * @since 0.1
 */
public final class SettablePlan implements PlanSource {

    private volatile RolloutPlan plan;

    /**
     * Holds a plan.
     *
     * @param plan the first plan
     */
    public SettablePlan(RolloutPlan plan) {
        this.plan = requireNonNull(plan, "plan");
    }

    /**
     * Replaces the plan; operations that begin after it go by the new one.
     *
     * @param plan the new plan
     */
    public void set(RolloutPlan plan) {
        this.plan = requireNonNull(plan, "plan");
    }

    @Override
    public RolloutPlan current() {
        return plan;
    }
}
