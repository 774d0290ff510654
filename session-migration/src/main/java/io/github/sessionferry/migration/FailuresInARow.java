package io.github.sessionferry.migration;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts failures, over all threads, that no success has come between. Thread-safe. */
final class FailuresInARow {

    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    FailuresInARow(int most) {
        this.most = most;
    }

    void succeeded() {
        count.set(0);
    }

    /** Counts a failure; tells whether it is one too many. */
    boolean failed() {
        return count.incrementAndGet() >= most;
    }
}
