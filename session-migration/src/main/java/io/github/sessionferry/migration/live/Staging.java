package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the views of a staged service share. Thread-safe. */
final class Staging {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private final StorePair stores;
    private final PlanUses plans;
    private final DeletedSessions deleted;
    private final Debts debts;
    private final Settlement settlement;
    private final SecondWrites secondWrites;
    private final ShadowReads shadow;
    private final BoundedParallelism parallel;
    private final StagedListener listener;
    private final Clock clock;
    private final boolean talksLive;
    private final boolean writesInEmergency;
    private final @Nullable Instant legacyUntil;
    private final SeenSessions seen;
    private volatile boolean emergency;

    Staging(
            StagedSessionService.Builder settings,
            StorePair stores,
            PlanUses plans,
            DeletedSessions deleted,
            Debts debts,
            Settlement settlement,
            SecondWrites secondWrites,
            ShadowReads shadow,
            BoundedParallelism parallel) {
        this.stores = stores;
        this.plans = plans;
        this.deleted = deleted;
        this.debts = debts;
        this.settlement = settlement;
        this.secondWrites = secondWrites;
        this.shadow = shadow;
        this.parallel = parallel;
        listener = settings.listener;
        clock = settings.clock;
        talksLive = settings.talksLive;
        writesInEmergency = settings.writesInEmergency;
        legacyUntil = settings.legacyUntil;
        seen = new SeenSessions(stores.keepEvents());
    }

    PlanUse begin() {
        return plans.begin();
    }

    Course course(RolloutPlan plan, String userId, Channel channel) {
        return emergency ? Course.emergency() : Course.of(plan, userId, channel, talksLive, isLegacyEnded());
    }

    private boolean isLegacyEnded() {
        return legacyUntil != null && !clock.instant().isBefore(legacyUntil);
    }

    /** Serves everything from the source from now on. */
    void beginEmergency() {
        emergency = true;
    }

    void endEmergency() {
        emergency = false;
    }

    boolean isEmergency() {
        return emergency;
    }

    /** Settles what this process owes of a session. */
    void settleOwn(SessionKey key) {
        debts.settleOwn(key, this::settle);
    }

    /**
     * Settles what any process owes, deletions included where both stores are written. Tells how many could not be.
     *
     * @param thoroughly whether recent deletions are looked at once more that had been settled: a process that was killed
     *     while it copied may have left a copy since
     */
    int settleAll(boolean thoroughly) {
        return debts.settleAll(this::settle) + settleDeletions(thoroughly);
    }

    private int settleDeletions(boolean thoroughly) {
        int[] failed = {0};
        for (StoreSide side : StoreSide.values()) {
            try {
                deleted.forEachPage(side, page -> {
                    List<DeletedSessions.Deletion> open = page.stream()
                            .filter(deletion -> !deletion.settled() || (thoroughly && deleted.isRecent(deletion)))
                            .toList();
                    failed[0] += open.size() - parallel.countDone(open, this::settleDeletion);
                });
            } catch (SessionException e) {
                LOG.warn("event=deletions_unknown side={} code={}", side, e.code());
                failed[0]++;
            }
        }
        return failed[0];
    }

    private boolean settleDeletion(DeletedSessions.Deletion deletion) {
        Course course = course(plans.plan(), deletion.key().userId(), Channel.TEXT);
        if (!course.writesOther()) {
            return true;
        }
        try {
            settlement.finishDeletions(deletion.key());
            return true;
        } catch (SessionException e) {
            LOG.warn(
                    "event=deletion_not_settled session={} code={}",
                    Json.write(deletion.key().sessionId()),
                    e.code());
            return false;
        }
    }

    private void settle(Owed owed) {
        Course course = course(plans.plan(), owed.key().userId(), Channel.TEXT);
        StoreSide authority = course.authority();
        owed.eventId().ifPresent(id -> settlement.removeStray(owed.key(), id, owed.authority()));
        settlement.settle(
                owed.key(), authority, owed.authority() == authority ? course.carry() : Settlement.Carry.SESSIONS);
        if (owed.authority() != authority) {
            takeOverShared(owed, authority);
        }
        secondWrites.settleScopes(owed.key(), owed.touched(), Map.of(), authority, course.appAuthority());
    }

    /** The authority has moved since the change was made: the newest value wins. */
    private void takeOverShared(Owed owed, StoreSide authority) {
        if (owed.touched().user()) {
            settlement.takeOver(owed.key().userScope(), authority);
        }
        if (owed.touched().app()) {
            settlement.takeOver(owed.key().appScope(), authority);
        }
    }

    StorePair stores() {
        return stores;
    }

    PlanUses plans() {
        return plans;
    }

    DeletedSessions deleted() {
        return deleted;
    }

    Debts debts() {
        return debts;
    }

    Settlement settlement() {
        return settlement;
    }

    SecondWrites secondWrites() {
        return secondWrites;
    }

    ShadowReads shadow() {
        return shadow;
    }

    SeenSessions seen() {
        return seen;
    }

    StagedListener listener() {
        return listener;
    }

    Clock clock() {
        return clock;
    }

    boolean writesInEmergency() {
        return writesInEmergency;
    }
}
