package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.RolloutPlan;
import java.util.concurrent.atomic.LongAdder;

/** A plan and the operations that go by it. Thread-safe. */
final class PlanUse {

    private final RolloutPlan plan;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();

    PlanUse(RolloutPlan plan) {
        this.plan = plan;
    }

    RolloutPlan plan() {
        return plan;
    }

    void begin() {
        begun.increment();
    }

    void end() {
        ended.increment();
    }

    /** Whether nothing goes by this plan any more. Counted in the order that cannot overlook one under way. */
    boolean isDrained() {
        long over = ended.sum();
        return begun.sum() == over;
    }
}
