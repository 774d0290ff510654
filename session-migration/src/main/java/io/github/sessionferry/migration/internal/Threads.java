package io.github.sessionferry.migration.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

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
}
