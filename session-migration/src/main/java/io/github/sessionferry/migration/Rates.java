package io.github.sessionferry.migration;

import java.time.Duration;

/** Computes rates. Thread-safe: static methods only. */
final class Rates {

    private static final double NANOS_PER_SECOND = 1e9;

    private Rates() {}

    static double seconds(Duration time) {
        return time.toNanos() / NANOS_PER_SECOND;
    }

    static double perSecond(long count, Duration time) {
        return time.isZero() ? 0 : count / seconds(time);
    }
}
