package io.github.sessionferry.core.rollout;

/**
 * Where the plan comes from: a file, the environment, a store, or a program.
 *
 * <p>Implementations are thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PlanSource {

    /**
     * Tells the plan as it is now.
     *
     * <p>Asked at the beginning of every operation, so it answers from memory, in well under a microsecond, and never
     * fails: a source that has lost its configuration goes on telling the last plan that it knew.
     *
     * @return the plan
     */
    RolloutPlan current();
}
