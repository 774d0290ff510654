package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How many calls of one kind a store lets a caller make, and what became of those that were made.
 *
 * <p>Immutable.
 *
 * @param kind which calls, for people, such as {@code events appended}
 * @param perMinute how many a minute may be made: the store's quota less the reserve; more than zero
 * @param ratePerMinute how many a minute are made at most at the moment; less than {@code perMinute} for a while after the
 *     store refused a call
 * @param growth by how much both are multiplied after each step; at least 1
 * @param step how long a step is; more than zero
 * @param allowed how many could have been made since the first one
 * @param made how many were made, refused and repeated ones included
 * @param refused how many of them the store refused because there were too many
 * @since 0.1
 */
public record CallQuota(
        String kind,
        double perMinute,
        double ratePerMinute,
        double growth,
        Duration step,
        double allowed,
        long made,
        long refused) {

    private static final double MILLIS_PER_MINUTE = Duration.ofMinutes(1).toMillis();

    /** Checks the parts. */
    public CallQuota {
        requireNonNull(kind, "kind");
        if (!(perMinute > 0)) {
            throw new IllegalArgumentException("perMinute is " + perMinute + "; it must be more than zero");
        }
        if (!(growth >= 1)) {
            throw new IllegalArgumentException("growth is " + growth + "; it must be at least 1");
        }
        if (step.compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("step is " + step + "; it must be more than zero");
        }
    }

    /**
     * A quota that does not grow.
     *
     * @param kind which calls, for people
     * @param perMinute how many a minute may be made; more than zero
     * @param ratePerMinute how many a minute are made at most at the moment
     * @param allowed how many could have been made since the first one
     * @param made how many were made
     * @param refused how many of them the store refused
     */
    public CallQuota(String kind, double perMinute, double ratePerMinute, double allowed, long made, long refused) {
        this(kind, perMinute, ratePerMinute, 1, Duration.ofMinutes(1), allowed, made, refused);
    }

    /**
     * How long it takes to make so many calls from now on, if a step of growth begins now and none is refused.
     *
     * @param calls how many; not negative
     * @return the time
     */
    public Duration timeFor(double calls) {
        double minutesOfStep = step.toMillis() / MILLIS_PER_MINUTE;
        double minutes = 0;
        double left = calls;
        double rate = ratePerMinute;
        while (growth > 1 && left > rate * minutesOfStep) {
            left -= rate * minutesOfStep;
            minutes += minutesOfStep;
            rate *= growth;
        }
        return Duration.ofMillis(Math.round((minutes + left / rate) * MILLIS_PER_MINUTE));
    }
}
