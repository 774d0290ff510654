package io.github.sessionferry.migration.live;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Works through items with the caller's thread and as many more as an executor lends, up to a bound: an item that takes
 * long does not hold up the others, and an executor that lends none does no harm. Thread-safe.
 */
final class BoundedParallelism {

    private final Executor executor;
    private final int most;

    /**
     * Hands that may be used again and again.
     *
     * @param most how many items at a time; at least 1
     */
    BoundedParallelism(Executor executor, int most) {
        this.executor = executor;
        this.most = most;
    }

    /**
     * Does something with each item, and returns when all is done. If the thread is interrupted, what was not begun is left.
     *
     * @param action what to do; tells whether it succeeded, and throws nothing
     * @return how many items it succeeded with
     */
    <T> int countDone(Collection<T> items, Predicate<T> action) {
        Queue<T> left = new ConcurrentLinkedQueue<>(items);
        CountDownLatch open = new CountDownLatch(items.size());
        AtomicInteger succeeded = new AtomicInteger();
        Runnable worker = () -> {
            for (T item = left.poll(); item != null; item = left.poll()) {
                try {
                    succeeded.addAndGet(action.test(item) ? 1 : 0);
                } finally {
                    open.countDown();
                }
            }
        };
        lend(worker, Math.min(most, items.size()) - 1);
        worker.run();
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return succeeded.get();
    }

    private void lend(Runnable worker, int times) {
        try {
            for (int i = 0; i < times; i++) {
                executor.execute(worker);
            }
        } catch (RejectedExecutionException closed) {
            // The caller's thread does it all.
        }
    }
}
