package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How fast sessions were done.
 *
 * <p>Immutable.
 *
 * @param latency how long single sessions took; empty if none was timed
 * @param slowest the sessions that took longest, the longest first
 * @param timeline what was done when
 * @since 0.1
 */
public record Speed(Optional<Latency> latency, List<SlowSession> slowest, Timeline timeline) {

    /** Checks and copies. */
    public Speed {
        requireNonNull(latency, "latency");
        slowest = List.copyOf(slowest);
        requireNonNull(timeline, "timeline");
    }

    /**
     * A session that took long.
     *
     * <p>Immutable.
     *
     * @param key which session
     * @param status what became of it
     * @param duration how long its last try took
     * @param events how many events the target was given
     * @param time when it was done
     */
    public record SlowSession(
            SessionKey key, SessionOutcome.Status status, Duration duration, int events, Instant time) {

        /** Checks the parts. */
        public SlowSession {
            requireNonNull(key, "key");
            requireNonNull(status, "status");
            requireNonNull(duration, "duration");
            requireNonNull(time, "time");
        }
    }
}
