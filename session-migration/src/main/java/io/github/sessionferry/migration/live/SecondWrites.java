package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.internal.Traces;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the authority has acknowledged to the other store, beside the caller's path.
 *
 * <p>A change is made there as it was made here, then both stores are compared: writers at the same time may have come in
 * another order, or one may have failed. What differs is settled; what cannot be settled becomes debt. Where a session is its
 * state alone, it is settled at once: nothing would tell that an append which comes late is older than what stands there.
 *
 * <p>Thread-safe.
 */
final class SecondWrites {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private final StorePair stores;
    private final Settlement settlement;
    private final Debts debts;
    private final Executor executor;
    private final Duration wait;
    private final Semaphore room;
    private final StagedListener listener;
    private final Map<SessionKey, Integer> pending = new ConcurrentHashMap<>();

    SecondWrites(
            StorePair stores,
            Settlement settlement,
            Debts debts,
            Executor executor,
            Duration wait,
            int most,
            StagedListener listener) {
        this.stores = stores;
        this.settlement = settlement;
        this.debts = debts;
        this.executor = executor;
        this.wait = wait;
        this.room = new Semaphore(most);
        this.listener = listener;
    }

    /**
     * A change to bring over.
     *
     * @param intent the note of it
     * @param event what was appended; {@code null} if the whole session is to be brought over
     * @param delta what it did to shared state
     */
    record Change(Debts.Intent intent, @Nullable SessionEvent event, Map<String, ? extends @Nullable Object> delta) {

        SessionKey key() {
            return intent.owed().key();
        }
    }

    /** Brings a change over, and lets the caller wait for it as its course says. The plan stays in use until it is done. */
    void bring(Change change, Course course, PlanUse use) {
        pending.merge(change.key(), 1, Integer::sum);
        use.begin();
        if (course.waitsForOther()) {
            run(change, course, use);
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        if (!room.tryAcquire()) {
            leave(change, course, use, SessionErrorCode.RATE_LIMITED);
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    run(change, course, use);
                } finally {
                    room.release();
                    done.countDown();
                }
            });
        } catch (RejectedExecutionException e) {
            room.release();
            leave(change, course, use, SessionErrorCode.CLOSED);
            return;
        }
        if (!course.neverWaits()) {
            await(done);
        }
    }

    private void await(CountDownLatch done) {
        try {
            var unused = done.await(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Change change, Course course, PlanUse use) {
        try {
            bringOver(change, course);
            debts.end(change.intent());
            ended(change, use);
        } catch (SessionException e) {
            leave(change, course, use, e.code());
        } catch (RuntimeException e) {
            LOG.error(
                    "event=second_write_broken session={} trace={}",
                    Json.write(change.key().sessionId()),
                    Traces.withoutMessages(e));
            leave(change, course, use, SessionErrorCode.INTERNAL);
        }
    }

    private void bringOver(Change change, Course course) {
        SessionKey key = change.key();
        SessionEvent repeated = stores.keepEvents() ? change.event() : null;
        if (repeated != null) {
            append(key, repeated, course.other());
            removeIfStray(key, repeated, course.authority());
        }
        if (repeated == null || !settlement.isAlike(key)) {
            settlement.settle(key, course.authority(), course.carry());
        }
        settleScopes(key, change.intent().owed().touched(), change.delta(), course.authority(), course.appAuthority());
    }

    private void append(SessionKey key, SessionEvent event, StoreSide other) {
        try {
            var unused = stores.on(other).append(key, event);
        } catch (SessionNotFoundException e) {
            // The session is copied whole when the stores are compared.
        }
    }

    /** The event went to another session if the authority, which has acknowledged it, does not have it any more. */
    private void removeIfStray(SessionKey key, SessionEvent event, StoreSide authority) {
        boolean stands = stores.on(authority)
                .find(key, EventSelection.since(event.timestamp()))
                .map(session ->
                        session.events().stream().anyMatch(found -> found.id().equals(event.id())))
                .orElse(true);
        if (!stands) {
            settlement.removeStray(key, event.id(), authority);
        }
    }

    /** Settles the shared state that a change has touched. */
    void settleScopes(
            SessionKey key,
            TouchedScopes touched,
            Map<String, ? extends @Nullable Object> delta,
            StoreSide authority,
            StoreSide appAuthority) {
        if (touched.user()) {
            SharedScope scope = key.userScope();
            settlement.settle(scope, authority, Settlement.removedBy(delta, scope));
        }
        if (touched.app()) {
            SharedScope scope = key.appScope();
            settlement.settle(scope, appAuthority, Settlement.removedBy(delta, scope));
        }
    }

    private void leave(Change change, Course course, PlanUse use, SessionErrorCode code) {
        debts.add(change.intent());
        ended(change, use);
        listener.secondWriteFailed(change.key(), course.other(), code);
        LOG.warn(
                "event=second_write_failed side={} session={} code={}",
                course.other(),
                Json.write(change.key().sessionId()),
                code);
    }

    private void ended(Change change, PlanUse use) {
        pending.compute(change.key(), (key, count) -> count == null || count == 1 ? null : count - 1);
        use.end();
    }

    /** Whether changes of a session are still on their way. */
    boolean isPending(SessionKey key) {
        return !pending.isEmpty() && pending.containsKey(key);
    }

    /** How many sessions have changes on their way. */
    int pending() {
        return pending.size();
    }
}
