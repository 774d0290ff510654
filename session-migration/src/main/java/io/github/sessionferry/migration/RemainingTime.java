package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long a run will go on, if the sessions that are left are like those before.
 *
 * <p>For each quota it takes the calls a session so far, times the sessions left, at the rate in force; and besides the
 * pace so far. The longest of these times is told.
 *
 * <p>Immutable.
 *
 * @param time how long; not negative
 * @param boundBy what it is that makes it take so long, such as {@code events appended (210/min)}
 * @since 0.1
 */
public record RemainingTime(Duration time, String boundBy) {

    private static final String PACE = "the pace so far";

    /** A quota that is spent makes the pace: of two times that are nearly equal, the quota's tells more. */
    private static final double NEARLY = 0.9;

    private static final double MILLIS_PER_SECOND = 1_000;

    /** Checks the parts. */
    public RemainingTime {
        requireNonNull(time, "time");
        requireNonNull(boundBy, "boundBy");
    }

    /**
     * Empty if too little is known.
     *
     * @param done how many sessions are done
     * @param doneNow how many of them since the calls of the quotas are counted, not in an earlier attempt
     * @param elapsed how long all of them took
     */
    static Optional<RemainingTime> estimate(
            OptionalLong total, long done, long doneNow, Duration elapsed, List<CallQuota> quotas) {
        if (total.isEmpty() || done == 0) {
            return Optional.empty();
        }
        double left = Math.max(0, total.getAsLong() - done);
        return Optional.of(longest(
                of(left * Rates.seconds(elapsed) / done, PACE),
                quotas.stream()
                        .map(quota -> ofCalls(quota, left * quota.made() / Math.max(1, doneNow)))
                        .toList()));
    }

    /** How long so many calls take at the rate that their quota has in force, and as it grows. */
    static RemainingTime ofCalls(CallQuota quota, double calls) {
        return new RemainingTime(
                quota.timeFor(calls),
                String.format(
                        Locale.ROOT,
                        "%s (%,.0f/min%s)",
                        quota.kind(),
                        quota.ratePerMinute(),
                        quota.growth() > 1 ? ", growing" : ""));
    }

    private static RemainingTime of(double seconds, String boundBy) {
        return new RemainingTime(Duration.ofMillis(Math.round(seconds * MILLIS_PER_SECOND)), boundBy);
    }

    /** The longest of a pace and the times of quotas, in whole seconds. */
    static RemainingTime longest(RemainingTime pace, List<RemainingTime> ofQuotas) {
        RemainingTime longest = pace;
        for (RemainingTime quota : ofQuotas) {
            double enough = Rates.seconds(longest.time()) * (longest.boundBy().equals(pace.boundBy()) ? NEARLY : 1);
            if (!quota.time().isZero() && Rates.seconds(quota.time()) >= enough) {
                Duration time = quota.time().compareTo(longest.time()) > 0 ? quota.time() : longest.time();
                longest = new RemainingTime(time, quota.boundBy());
            }
        }
        return new RemainingTime(Duration.ofSeconds(Math.round(Rates.seconds(longest.time()))), longest.boundBy());
    }
}
