package io.github.sessionferry.core.quota;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time that calls are paced by. Implementations are thread-safe.
 *
 * @since 0.1
 */
public interface PacingTime {

    /**
     * The time of this machine.
     *
     * @return the time
     */
    static PacingTime system() {
        return SystemTime.INSTANCE;
    }

    /**
     * Tells the time.
     *
     * @return nanoseconds since some moment; never less than before
     */
    long nanoTime();

    /**
     * Waits.
     *
     * @param time how long at least; more than zero
     * @throws InterruptedException if the thread is interrupted meanwhile, or was before
     */
    void sleep(Duration time) throws InterruptedException;

    /** Of this machine. */
    enum SystemTime implements PacingTime {
        /** The only one. */
        INSTANCE;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        }
    }
}
