package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.SessionComparison;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what was read with what the other store has, beside the caller's path: a sample, bounded, and dropped rather
 * than waited for.
 *
 * <p>Callers only put their reads into a queue, which is looked at every {@value #PAUSE_MILLIS} ms as long as there are any:
 * to wake a thread would take a caller longer than all the rest. Thread-safe.
 */
final class ShadowReads {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private static final int PAUSE_MILLIS = 10;
    private static final int LOOKS_IN_VAIN = 100;

    private final StorePair stores;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final double sample;
    private final Semaphore room;
    private final StagedListener listener;
    private final SessionComparison comparison;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    ShadowReads(
            StorePair stores,
            Executor executor,
            ScheduledExecutorService timer,
            double sample,
            int most,
            StagedListener listener) {
        this.stores = stores;
        this.executor = executor;
        this.timer = timer;
        this.sample = sample;
        this.room = new Semaphore(most);
        this.listener = listener;
        comparison = SessionComparison.between(stores.source(), stores.target());
    }

    /** Compares, perhaps, and returns at once. */
    void compare(SessionKey key, EventSelection events, Optional<Session> read, StoreSide authority) {
        if (sample == 0 || (sample < 1 && ThreadLocalRandom.current().nextDouble() >= sample)) {
            return;
        }
        if (!room.tryAcquire()) {
            listener.shadowDropped();
            return;
        }
        waiting.add(() -> compareNow(key, events, read, authority));
        lookIfNobodyDoes();
    }

    private void lookIfNobodyDoes() {
        if (!looking.get() && looking.compareAndSet(false, true)) {
            lookLater(0);
        }
    }

    private void lookLater(int inVain) {
        try {
            var unused = timer.schedule(() -> look(inVain), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            forEachWaiting(comparison -> drop());
        }
    }

    private void look(int inVainBefore) {
        int inVain = waiting.isEmpty() ? inVainBefore + 1 : 0;
        try {
            forEachWaiting(this::begin);
        } finally {
            goOn(inVain);
        }
    }

    private void forEachWaiting(Consumer<Runnable> action) {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            action.accept(next);
        }
    }

    private void goOn(int inVain) {
        if (inVain < LOOKS_IN_VAIN) {
            lookLater(inVain);
            return;
        }
        looking.set(false);
        if (!waiting.isEmpty()) {
            lookIfNobodyDoes();
        }
    }

    private void begin(Runnable comparison) {
        try {
            executor.execute(() -> {
                try {
                    comparison.run();
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException closed) {
            drop();
        }
    }

    private void drop() {
        room.release();
        listener.shadowDropped();
    }

    private void compareNow(SessionKey key, EventSelection events, Optional<Session> read, StoreSide authority) {
        SessionService decides = stores.on(authority);
        SessionService shadow = stores.on(authority.other());
        try {
            boolean equal = isEqual(read, shadow.find(key, events))
                    || isEqual(decides.find(key, events), shadow.find(key, events));
            listener.shadowCompared(key, equal);
            if (!equal) {
                LOG.warn("event=shadow_mismatch session={}", Json.write(key.sessionId()));
            }
        } catch (SessionException e) {
            listener.shadowFailed(key, e.code());
            LOG.warn("event=shadow_failed session={} code={}", Json.write(key.sessionId()), e.code());
        }
    }

    private boolean isEqual(Optional<Session> decided, Optional<Session> other) {
        return (decided.isPresent() && other.isPresent())
                ? comparison.differences(decided.get(), other.get()).isEmpty()
                : decided.isEmpty() && other.isEmpty();
    }
}
