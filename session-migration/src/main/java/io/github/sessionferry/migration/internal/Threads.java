package io.github.sessionferry.migration.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Threads for blocking calls. Thread-safe: static methods only. */
public final class Threads {

    private Threads() {}

    /**
     * An executor that gives each task a thread of its own, virtual where the JVM has them.
     *
     * @return the executor; the caller's to shut down
     */
    public static ExecutorService perTask() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException noVirtualThreads) {
            return Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "session-migration");
                thread.setDaemon(true);
                return thread;
            });
        }
    }

    /**
     * A daemon thread that does things at their times. It begins with the first of them.
     *
     * @param name the thread's name
     * @return the scheduler; the caller's to shut down
     */
    public static ScheduledExecutorService scheduler(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
