package io.github.sessionferry.core.quota;

import java.time.Duration;

/**
 * How many calls a minute may be made: always the same number, or one that grows step by step.
 *
 * <p>Immutable.
 *
 * @param perMinute how many in the first step; more than zero
 * @param growth by how much each step is multiplied to give the next; at least 1
 * @param step how long a step is; more than zero
 * @since 0.1
 */
public record CallLimit(double perMinute, double growth, Duration step) {

    private static final double NANOS_PER_MINUTE = Duration.ofMinutes(1).toNanos();

    /** Checks the parts. */
    public CallLimit {
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
     * A limit that stays as it is.
     *
     * @param perMinute how many calls a minute; more than zero
     * @return the limit
     */
    public static CallLimit of(double perMinute) {
        return new CallLimit(perMinute, 1, Duration.ofMinutes(1));
    }

    /**
     * The same limit with a part of it left to others.
     *
     * @param reserve the part; at least 0 and less than 1
     * @return the limit for the rest
     */
    public CallLimit less(double reserve) {
        return new CallLimit(perMinute * (1 - reserve), growth, step);
    }

    /** How many calls a minute, so long after the first one. */
    double perMinute(long nanos) {
        return perMinute * Math.pow(growth, Math.floor((double) nanos / step.toNanos()));
    }

    /** How many calls altogether within this time from the first one on. */
    double within(long nanos) {
        double steps = Math.floor((double) nanos / step.toNanos());
        double factor = growth == 1 ? steps : (Math.pow(growth, steps) - 1) / (growth - 1);
        double rest = (nanos - steps * step.toNanos()) * Math.pow(growth, steps);
        return perMinute * (factor * step.toNanos() + rest) / NANOS_PER_MINUTE;
    }
}
