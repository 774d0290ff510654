package io.github.sessionferry.benchmarks;

import io.github.sessionferry.migration.internal.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Users who act again and again at the same time, each on a thread of its own. Used by one thread. */
final class Crowd implements AutoCloseable {

    private final ExecutorService threads = Threads.perTask();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean over;

    /** Lets a user act, one time after the other. */
    void admit(Runnable act) {
        running.add(threads.submit(() -> {
            while (!over) {
                act.run();
            }
        }));
    }

    /** Whether a user has gone before the end, for what it was told cannot be. */
    boolean isBroken() {
        return running.stream().anyMatch(Future::isDone);
    }

    /**
     * Waits until each has ended what it is at.
     *
     * @throws IllegalStateException if one was told what cannot be
     */
    void disperse() throws InterruptedException {
        over = true;
        for (Future<?> user : running) {
            try {
                user.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a user was told what cannot be", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}
