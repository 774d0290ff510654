package io.github.sessionferry.benchmarks;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits of users and operators. Thread-safe: static methods only. */
final class Waiting {

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

    private Waiting() {}

    /**
     * Waits until something is so.
     *
     * @throws IllegalStateException if it is not within two minutes
     */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited for more than " + LONGEST);
            }
            pause(BETWEEN_LOOKS);
        }
    }

    static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
