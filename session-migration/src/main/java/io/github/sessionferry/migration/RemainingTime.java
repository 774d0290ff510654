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

    private static final double SECONDS_PER_MINUTE = 60;

    /** Checks the parts. */
    public RemainingTime {
        requireNonNull(time, "time");
        requireNonNull(boundBy, "boundBy");
    }

    private record Bound(double seconds, String name) {}

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
        Bound bound = new Bound(left * Rates.seconds(elapsed) / done, PACE);
        for (CallQuota quota : quotas) {
            double calls = left * quota.made() / Math.max(1, doneNow);
            double seconds = calls / quota.ratePerMinute() * SECONDS_PER_MINUTE;
            if (seconds > 0 && seconds >= bound.seconds() * (bound.name().equals(PACE) ? NEARLY : 1)) {
                bound = new Bound(Math.max(seconds, bound.seconds()), name(quota));
            }
        }
        return Optional.of(new RemainingTime(Duration.ofSeconds(Math.round(bound.seconds())), bound.name()));
    }

    private static String name(CallQuota quota) {
        return String.format(Locale.ROOT, "%s (%,.0f/min)", quota.kind(), quota.ratePerMinute());
    }
}
