package io.github.sessionferry.migration;

import org.HdrHistogram.Histogram;

/**
 * How sizes are distributed: half of them are at most {@link #p50()}, and so on. Percentiles are exact to about a hundredth.
 *
 * <p>Immutable.
 *
 * @param p50 the median; 0 if there is none
 * @param p95 the size that 95 % of them have at most
 * @param max the largest
 * @param total all together
 * @since 0.1
 */
public record Distribution(long p50, long p95, long max, long total) {

    private static final int DIGITS = 2;
    private static final double MEDIAN = 50;
    private static final double MOST = 95;

    /** Gathers sizes; memory grows with the largest of them, not with their number. Not thread-safe. */
    static final class Tally {
        private final Histogram sizes = new Histogram(DIGITS);
        private long max;
        private long total;

        void add(long size) {
            sizes.recordValue(size);
            max = Math.max(max, size);
            total += size;
        }

        Distribution distribution() {
            return new Distribution(percentile(MEDIAN), percentile(MOST), max, total);
        }

        /** What a histogram tells is the end of a range, which may lie beyond the largest. */
        private long percentile(double percent) {
            return Math.min(max, sizes.getValueAtPercentile(percent));
        }
    }
}
