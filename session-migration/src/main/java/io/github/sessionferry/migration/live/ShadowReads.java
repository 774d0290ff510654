package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.StoreSide;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what was read with what the other store has, beside the caller's path: a sample, bounded, and dropped rather
 * than waited for. Thread-safe.
 */
final class ShadowReads {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private final StorePair stores;
    private final Executor executor;
    private final double sample;
    private final Semaphore room;
    private final StagedListener listener;

    ShadowReads(StorePair stores, Executor executor, double sample, int most, StagedListener listener) {
        this.stores = stores;
        this.executor = executor;
        this.sample = sample;
        this.room = new Semaphore(most);
        this.listener = listener;
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
        try {
            executor.execute(() -> {
                try {
                    compareNow(key, events, read, authority);
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException closed) {
            room.release();
            listener.shadowDropped();
        }
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

    private static boolean isEqual(Optional<Session> one, Optional<Session> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() && other.isEmpty();
        }
        return one.get().state(StateScope.SESSION).equals(other.get().state(StateScope.SESSION))
                && ids(one.get()).equals(ids(other.get()))
                && one.get().updateTime().equals(other.get().updateTime());
    }

    private static java.util.List<String> ids(Session session) {
        return session.events().stream().map(SessionEvent::id).toList();
    }
}
