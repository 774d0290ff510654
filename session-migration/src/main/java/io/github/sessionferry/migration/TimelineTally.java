package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Timeline.MOST_SPANS;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * Gathers a {@link Timeline}: when it is full, each two neighbouring spans become one, and all are twice as wide.
 *
 * <p>Not thread-safe.
 */
final class TimelineTally {

    private static final Duration FIRST_WIDTH = Duration.ofMillis(250);

    private static final class Span {
        private long done;
        private long notMoved;
        private long events;
        private final Histogram latency = Latency.newHistogram();

        void add(Span other) {
            done += other.done;
            notMoved += other.notMoved;
            events += other.events;
            latency.add(other.latency);
        }

        Timeline.Span span() {
            return new Timeline.Span(
                    done,
                    notMoved,
                    events,
                    latency.getTotalCount() == 0 ? Optional.empty() : Optional.of(Latency.of(latency)));
        }
    }

    private final Instant start;
    private Duration width = FIRST_WIDTH;
    private final List<Span> spans = new ArrayList<>(MOST_SPANS);

    TimelineTally(Instant start) {
        this.start = start;
    }

    /** Counts something done; what was done before the start, by a clock that was set back, counts at the start. */
    void add(Instant time, boolean notMoved, int events, Optional<Duration> duration) {
        Span span = spanAt(time.isBefore(start) ? Duration.ZERO : Duration.between(start, time));
        span.done++;
        span.notMoved += notMoved ? 1 : 0;
        span.events += events;
        duration.ifPresent(took -> Latency.record(span.latency, took));
    }

    private Span spanAt(Duration sinceStart) {
        long millis = sinceStart.toMillis();
        while (millis / width.toMillis() >= MOST_SPANS) {
            widen();
        }
        int index = (int) (millis / width.toMillis());
        while (spans.size() <= index) {
            spans.add(new Span());
        }
        return spans.get(index);
    }

    private void widen() {
        width = width.multipliedBy(2);
        for (int i = 0; 2 * i < spans.size(); i++) {
            Span merged = spans.get(2 * i);
            if (2 * i + 1 < spans.size()) {
                merged.add(spans.get(2 * i + 1));
            }
            spans.set(i, merged);
        }
        spans.subList((spans.size() + 1) / 2, spans.size()).clear();
    }

    Timeline timeline() {
        return new Timeline(start, width, spans.stream().map(Span::span).toList());
    }
}
