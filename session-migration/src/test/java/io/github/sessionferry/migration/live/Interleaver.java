package io.github.sessionferry.migration.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time, in an order drawn from a seed: a task goes on until it makes a step, then any task may be next.
 * The same seed and the same tasks give the same order. Not thread-safe; only the task that has its turn may call it.
 */
final class Interleaver {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "interleaved");
        thread.setDaemon(true);
        return thread;
    });

    private static final long MOST_STEPS = 60_000;

    private final Random order;
    private final List<Task> tasks = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread main = Thread.currentThread();
    private @Nullable Task current;
    private volatile boolean over;
    private long steps;

    Interleaver(long seed) {
        order = new Random(seed);
    }

    /** Ends a task whose process has crashed. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash", null, false, false);
        }
    }

    private final class Task implements Runnable {
        private final BooleanSupplier crashed;
        private final Runnable action;
        private BooleanSupplier waitsFor = () -> true;
        private volatile boolean turn;
        private volatile @Nullable Thread thread;

        Task(BooleanSupplier crashed, Runnable action) {
            this.crashed = crashed;
            this.action = action;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            awaitTurn();
            try {
                if (!crashed.getAsBoolean()) {
                    action.run();
                }
            } catch (Crash e) {
                // The process is gone, and this with it.
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
            tasks.remove(this);
            next();
        }

        void awaitTurn() {
            while (!turn) {
                LockSupport.park(this);
            }
            turn = false;
        }

        void give() {
            current = this;
            turn = true;
            LockSupport.unpark(thread);
        }
    }

    /** Adds a task, which may run from the next step on. It ends without notice when its process has crashed. */
    void spawn(BooleanSupplier crashed, Runnable action) {
        Task task = new Task(crashed, action);
        tasks.add(task);
        THREADS.execute(task);
    }

    /** Runs all tasks, those that they add included, to their end. */
    void run() throws Throwable {
        next();
        while (!over) {
            LockSupport.park(this);
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
    }

    /** Lets any task be next. */
    void step() {
        awaitThat(() -> true);
    }

    /** Lets other tasks be next until something holds, which is asked between their steps. */
    void awaitThat(BooleanSupplier condition) {
        Task self = current;
        if (self == null) {
            return;
        }
        self.waitsFor = condition;
        Task next = choose();
        if (next != self) {
            next.give();
            self.awaitTurn();
        }
        if (failure.get() != null || self.crashed.getAsBoolean()) {
            throw new Crash();
        }
    }

    long steps() {
        return steps;
    }

    /** Each choice is a step, and one of all tasks that can go on. In the end nobody waits any more. */
    private Task choose() {
        while (failure.get() == null) {
            steps++;
            if (steps > MOST_STEPS) {
                failure.compareAndSet(null, new AssertionError("no end after " + steps + " steps"));
            }
            Task next = tasks.get(order.nextInt(tasks.size()));
            if (next.crashed.getAsBoolean() || next.waitsFor.getAsBoolean()) {
                return next;
            }
        }
        return tasks.get(0);
    }

    private void next() {
        if (tasks.isEmpty()) {
            current = null;
            over = true;
            LockSupport.unpark(main);
        } else {
            choose().give();
        }
    }
}
