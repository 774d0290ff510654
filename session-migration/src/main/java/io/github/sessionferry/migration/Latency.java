package io.github.sessionferry.migration;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.HdrHistogram.Histogram;

/**
 * How long single sessions took: half of them at most {@link #p50()}, and so on. The figures are exact to about a
 * hundredth.
 *
 * <p>Immutable.
 *
 * @param sessions how many were timed; at least 1
 * @param p50 the median
 * @param p95 the time that 95 % of them took at most
 * @param p99 the time that 99 % of them took at most
 * @param max the longest
 * @since 0.1
 */
public record Latency(long sessions, Duration p50, Duration p95, Duration p99, Duration max) {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final long NANOS_PER_MICRO = 1_000;
    private static final int DIGITS = 2;
    private static final double MEDIAN = 50;
    private static final double MOST = 95;
    private static final double NEARLY_ALL = 99;

    /** Makes what times are recorded in; it grows with the longest of them, not with their number. */
    static Histogram newHistogram() {
        return new Histogram(DIGITS);
    }

    static void record(Histogram histogram, Duration time) {
        histogram.recordValue(time.compareTo(LONGEST) < 0 ? micros(time) : micros(LONGEST));
    }

    private static long micros(Duration time) {
        return time.toNanos() / NANOS_PER_MICRO;
    }

    /** The figures of a histogram that is not empty. */
    static Latency of(Histogram micros) {
        return new Latency(
                micros.getTotalCount(),
                at(micros, MEDIAN),
                at(micros, MOST),
                at(micros, NEARLY_ALL),
                Duration.of(micros.getMaxValue(), ChronoUnit.MICROS));
    }

    private static Duration at(Histogram micros, double percentile) {
        return Duration.of(micros.getValueAtPercentile(percentile), ChronoUnit.MICROS);
    }
}
