package io.github.sessionferry.migration;

import io.github.sessionferry.migration.internal.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does much work with bounded memory: producers hand over tasks and wait while too many are under way.
 *
 * <p>A task that throws cancels the run; {@link #run} throws it on. If the thread in {@link #run} is interrupted, the run
 * is cancelled and what is under way is finished. Thread-safe.
 */
final class Workers implements AutoCloseable {

    private final int concurrency;
    private final RunControl control;
    private final Semaphore free;
    private final ExecutorService threads = Threads.perTask();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Workers(int concurrency, RunControl control) {
        this.concurrency = concurrency;
        this.control = control;
        this.free = new Semaphore(concurrency);
    }

    /** Runs producers at the same time, each on a thread of its own, and returns when all their tasks are done. */
    void run(List<Runnable> producers) {
        List<Future<?>> running = new ArrayList<>(producers.size());
        for (Runnable producer : producers) {
            running.add(threads.submit(guarded(producer)));
        }
        boolean interrupted = false;
        for (Future<?> producer : running) {
            interrupted |= awaitUninterruptibly(producer);
        }
        free.acquireUninterruptibly(concurrency);
        free.release(concurrency);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throwFailure();
    }

    /** Called by producers: begins a task as soon as there is room, or tells that it did not, for the run has ended. */
    boolean begin(Runnable task) {
        free.acquireUninterruptibly();
        if (!control.goesOn()) {
            free.release();
            return false;
        }
        threads.execute(() -> {
            try {
                guarded(task).run();
            } finally {
                free.release();
            }
        });
        return true;
    }

    private Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                control.cancel();
            }
        };
    }

    private boolean awaitUninterruptibly(Future<?> producer) {
        boolean interrupted = false;
        while (true) {
            try {
                producer.get();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                control.cancel();
            } catch (ExecutionException e) {
                throw new AssertionError("producers catch what they throw", e);
            }
        }
    }

    private void throwFailure() {
        Throwable thrown = failure.get();
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
