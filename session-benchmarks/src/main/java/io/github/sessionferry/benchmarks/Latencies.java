package io.github.sessionferry.benchmarks;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How long calls took; a minute at most. Thread-safe. */
final class Latencies {

    private static final long LONGEST_MICROS = 60_000_000;

    private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);

    void took(long nanos) {
        micros.recordValue(Math.min(nanos / 1_000, LONGEST_MICROS));
    }

    /** The time in milliseconds within which a share of the calls, in percent, was answered. */
    double percentile(double percent) {
        return micros.getValueAtPercentile(percent) / 1e3;
    }
}
