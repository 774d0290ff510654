package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was done when, in spans of equal width that follow one another, some of them perhaps empty.
 *
 * <p>Immutable. The longer the run, the wider the spans: there are never more than {@value #MOST_SPANS}.
 *
 * @param start when the first span begins
 * @param width how long each span is; positive
 * @param spans the spans until the last one in which something was done
 * @since 0.1
 */
public record Timeline(Instant start, Duration width, List<Span> spans) {

    /** How many spans there are at most. */
    public static final int MOST_SPANS = 120;

    /** Checks and copies. */
    public Timeline {
        requireNonNull(start, "start");
        requireNonNull(width, "width");
        spans = List.copyOf(spans);
    }

    /**
     * What was done in a span of time.
     *
     * <p>Immutable.
     *
     * @param done how many sessions and unreadable records were dealt with, whatever became of them
     * @param notMoved how many of those were skipped or failed
     * @param events how many events the target was given
     * @param latency how long the sessions took; empty if none was timed
     */
    public record Span(long done, long notMoved, long events, Optional<Latency> latency) {

        /** Checks the parts. */
        public Span {
            requireNonNull(latency, "latency");
        }
    }
}
