package io.github.sessionferry.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a run end in order when the process is told to stop. Thread-safe: static methods only. */
final class Interruption {

    private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);
    private static final int LONGEST_WAIT_MINUTES = 5;

    private Interruption() {}

    /**
     * Does the work. On SIGINT or SIGTERM it is cancelled, and the process ends when it has returned, with 130 or 143.
     */
    static <T> T cancellable(Runnable cancel, Supplier<T> work) {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            LOG.warn("stopping: what is under way is being finished");
            cancel.run();
            awaitQuietly(done);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
        } finally {
            done.countDown();
            removeQuietly(hook);
        }
    }

    private static void awaitQuietly(CountDownLatch done) {
        try {
            if (!done.await(LONGEST_WAIT_MINUTES, TimeUnit.MINUTES)) {
                LOG.warn("what was under way is not finished; run again to complete it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeQuietly(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // The hook is running; it sees that the work is done.
        }
    }
}
