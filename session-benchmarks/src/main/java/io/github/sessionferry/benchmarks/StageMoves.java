package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.live.StagedSessionService;

/**
 * Moves everybody from a stage to the one beside it as an operator does: when nothing is owed, and all has been brought over
 * if another store is to decide. Used by one thread.
 */
final class StageMoves {

    private final StagedSessionService staged;
    private final SettablePlan plan;
    private final SessionService source;
    private final SessionService target;

    StageMoves(StagedSessionService staged, SettablePlan plan, SessionService source, SessionService target) {
        this.staged = staged;
        this.plan = plan;
        this.source = source;
        this.target = target;
    }

    /** Does what a move demands before it. */
    void prepare(Stage next) {
        settle();
        StoreSide authority = plan.current().base().authority();
        if (authority != next.authority()) {
            carryOver(authority);
            settle();
        }
    }

    private void settle() {
        Waiting.until(() -> {
            try {
                return staged.settleDebt() == 0 && staged.debt().isEmpty();
            } catch (SessionException e) {
                return false;
            }
        });
    }

    /** Brings over what the other store lacks before it decides. */
    private void carryOver(StoreSide from) {
        boolean forth = from == StoreSide.SOURCE;
        Waiting.until(() -> Migrator.builder(forth ? source : target, forth ? target : source)
                .build()
                .run()
                .succeeded());
    }

    /**
     * Moves.
     *
     * @param meanwhile what takes place while processes may be in either stage
     */
    void moveTo(Stage next, Runnable meanwhile) {
        plan.set(RolloutPlan.everybodyIn(next).withSettled(false));
        Waiting.until(staged::isDrained);
        meanwhile.run();
        plan.set(RolloutPlan.everybodyIn(next));
        Waiting.until(staged::isDrained);
    }
}
