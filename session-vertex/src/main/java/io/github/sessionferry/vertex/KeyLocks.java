package io.github.sessionferry.vertex;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets the callers in this process change one thing at a time of each key. Thread-safe. */
final class KeyLocks<K> {

    private final Map<K, Shared> locks = new ConcurrentHashMap<>();

    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    /**
     * Does something while nobody else does anything with this key.
     *
     * @param patience how long to wait for the others
     * @param refused makes what is thrown when they take longer, or the thread is interrupted
     */
    <T> T locked(K key, Duration patience, Supplier<? extends RuntimeException> refused, Supplier<T> action) {
        Shared shared = locks.compute(key, (same, existing) -> {
            Shared lock = existing == null ? new Shared() : existing;
            lock.users++;
            return lock;
        });
        try {
            if (!acquire(shared.lock, patience)) {
                throw refused.get();
            }
            try {
                return action.get();
            } finally {
                shared.lock.unlock();
            }
        } finally {
            locks.compute(key, (same, lock) -> withoutMe(shared));
        }
    }

    private static @Nullable Shared withoutMe(Shared lock) {
        lock.users--;
        return lock.users == 0 ? null : lock;
    }

    private static boolean acquire(ReentrantLock lock, Duration patience) {
        try {
            return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
