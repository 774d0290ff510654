package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.PlanSource;
import io.github.sessionferry.core.rollout.RolloutPlan;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives each operation one plan from its begin to its end, and tells when older plans are out of use. Thread-safe. */
@SuppressWarnings("ReferenceEquality") // the same plan is the same object; comparing policies takes too long
final class PlanUses {

    private final PlanSource source;
    private final List<PlanUse> older = new CopyOnWriteArrayList<>();
    private volatile PlanUse current;

    PlanUses(PlanSource source) {
        this.source = source;
        current = new PlanUse(source.current());
    }

    /** Begins an operation, which is to {@linkplain PlanUse#end() end}. */
    PlanUse begin() {
        while (true) {
            PlanUse use = use(source.current());
            use.begin();
            if (use == current) {
                return use;
            }
            use.end();
        }
    }

    private PlanUse use(RolloutPlan plan) {
        PlanUse use = current;
        return use.plan() == plan ? use : change(plan);
    }

    private synchronized PlanUse change(RolloutPlan plan) {
        if (current.plan() != plan) {
            older.removeIf(PlanUse::isDrained);
            older.add(current);
            current = new PlanUse(plan);
        }
        return current;
    }

    /** Whether no operation goes by another plan than the current one, which is the newest. */
    boolean isDrained() {
        use(source.current());
        return older.stream().allMatch(PlanUse::isDrained);
    }

    RolloutPlan plan() {
        return use(source.current()).plan();
    }
}
