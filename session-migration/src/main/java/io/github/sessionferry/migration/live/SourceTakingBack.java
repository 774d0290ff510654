package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.StoreSide;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The source while it is given what the target has: shared state goes by which store decides on it. Where the target does,
 * the source takes its values whatever their age, and loses the keys that events have taken away. Thread-safe.
 */
final class SourceTakingBack extends ForwardingSessionService {

    private final Settlement settlement;
    private final RolloutPlan plan;

    SourceTakingBack(SessionService source, Settlement settlement, RolloutPlan plan) {
        super(source);
        this.settlement = settlement;
        this.plan = plan;
    }

    private boolean isDecidedByTarget(SharedScope scope) {
        return (scope.stateScope() == StateScope.APP
                                ? plan.base()
                                : plan.stageOf(scope.userId().orElse("")))
                        .authority()
                == StoreSide.TARGET;
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        if (!isDecidedByTarget(scope)) {
            return super.storeSharedState(scope, values);
        }
        settlement.settle(scope, StoreSide.TARGET, Set.of());
        return new SharedStateOutcome(List.copyOf(values.keySet()), List.of(), List.of());
    }

    /** Keys go before the events that tell of it come: else nobody would look for them after a crash in between. */
    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        removeShared(session, session.key().appScope());
        removeShared(session, session.key().userScope());
        return super.store(session, precondition);
    }

    private void removeShared(Session session, SharedScope scope) {
        Set<String> removed = new HashSet<>();
        for (SessionEvent event : session.events()) {
            removed.addAll(Settlement.removedBy(event.stateDelta(), scope));
        }
        if (!removed.isEmpty() && isDecidedByTarget(scope)) {
            settlement.settle(scope, StoreSide.TARGET, removed);
        }
    }

    @Override
    public void close() {}
}
