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
 * @param to the target's name
 * @param started when it began
 * @param finished when it ended
 * @param ending how it ended
 * @param stopReason why it stopped; empty if it did not
 * @since 0.1
 */
public record RunSummary(
        String from, String to, Instant started, Instant finished, RunEnding ending, Optional<Failure> stopReason) {

    /** Checks the parts. */
    public RunSummary {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(started, "started");
        requireNonNull(finished, "finished");
        requireNonNull(ending, "ending");
        requireNonNull(stopReason, "stopReason");
    }

    /**
     * How long it took.
     *
     * @return the time from start to end; not negative
     */
    public Duration duration() {
        Duration duration = Duration.between(started, finished);
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
