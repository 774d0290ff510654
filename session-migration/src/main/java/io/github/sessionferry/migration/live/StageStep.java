package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a change of plan may do to a user. Immutable.
 *
 * @param from the stage before
 * @param to the stage after
 */
record StageStep(Stage from, Stage to) {

    /** What a change of plan may do to anybody; users who stay where they are left out. */
    static Set<StageStep> between(RolloutPlan from, RolloutPlan to) {
        Set<StageStep> steps = new LinkedHashSet<>();
        steps.add(new StageStep(from.base(), to.base()));
        if (from.policy().mayIncludeSomeOf(to.policy())) {
            steps.add(new StageStep(from.rollout(), to.rollout()));
        }
        if (!from.policy().includesAllOf(to.policy())) {
            steps.add(new StageStep(from.base(), to.rollout()));
        }
        if (!to.policy().includesAllOf(from.policy())) {
            steps.add(new StageStep(from.rollout(), to.base()));
        }
        steps.removeIf(step -> step.from == step.to);
        return steps;
    }

    boolean isBetweenNeighbours() {
        return from.isBeside(to);
    }

    boolean goesBack() {
        return to.compareTo(from) < 0;
    }

    boolean changesAuthority() {
        return from.authority() != to.authority();
    }

    boolean staysOnSource() {
        return from.authority() == StoreSide.SOURCE && to.authority() == StoreSide.SOURCE;
    }

    @Override
    public String toString() {
        return from + " to " + to;
    }
}
