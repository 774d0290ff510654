package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Between which stores a run was, when, and how it ended.
 *
 * <p>Immutable.
 *
 * @param from the source's name
 * @param to the target's name; empty for an analysis without one
 * @param started when it began; of a run that was resumed, when its first attempt did
 * @param finished when it ended
 * @param attempts how often it was begun or resumed; at least 1
 * @param idle for how long nothing ran between its attempts; not negative
 * @param ending how it ended
 * @param stopReason why it stopped; empty if it did not
 * @since 0.1
 */
public record RunSummary(
        String from,
        String to,
        Instant started,
        Instant finished,
        int attempts,
        Duration idle,
        RunEnding ending,
        Optional<Failure> stopReason) {

    /** Checks the parts. */
    public RunSummary {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(started, "started");
        requireNonNull(finished, "finished");
        requireNonNull(idle, "idle");
        requireNonNull(ending, "ending");
        requireNonNull(stopReason, "stopReason");
    }

    /**
     * How long it ran.
     *
     * @return the time from start to end without that between its attempts; not negative
     */
    public Duration duration() {
        Duration duration = Duration.between(started, finished).minus(idle);
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
