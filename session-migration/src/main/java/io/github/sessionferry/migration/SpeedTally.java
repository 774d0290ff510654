package io.github.sessionferry.migration;

import io.github.sessionferry.migration.SessionOutcome.Status;
import io.github.sessionferry.migration.Speed.SlowSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.HdrHistogram.Histogram;

/** Gathers how fast sessions are done, in constant memory. Not thread-safe. */
final class SpeedTally {

    private static final int MOST_SLOWEST = 10;
    private static final Comparator<SlowSession> BY_DURATION = Comparator.comparing(SlowSession::duration);

    private final TimelineTally timeline;
    private final Histogram latency = Latency.newHistogram();
    private final PriorityQueue<SlowSession> slowest = new PriorityQueue<>(MOST_SLOWEST + 1, BY_DURATION);

    SpeedTally(Instant started) {
        timeline = new TimelineTally(started);
    }

    void add(SessionOutcome outcome) {
        boolean notMoved = outcome.status() == Status.SKIPPED || outcome.status() == Status.FAILED;
        timeline.add(outcome.time(), notMoved, outcome.eventsAppended(), outcome.duration());
        outcome.duration().ifPresent(duration -> {
            Latency.record(latency, duration);
            addSlow(outcome, duration);
        });
    }

    private void addSlow(SessionOutcome outcome, Duration duration) {
        if (slowest.size() < MOST_SLOWEST
                || duration.compareTo(slowest.element().duration()) > 0) {
            slowest.add(new SlowSession(
                    outcome.key(), outcome.status(), duration, outcome.eventsAppended(), outcome.time()));
        }
        if (slowest.size() > MOST_SLOWEST) {
            slowest.remove();
        }
    }

    void addUnreadable(Instant time) {
        timeline.add(time, true, 0, Optional.empty());
    }

    Speed speed() {
        return new Speed(
                latency.getTotalCount() == 0 ? Optional.empty() : Optional.of(Latency.of(latency)),
                List.copyOf(slowest).stream().sorted(BY_DURATION.reversed()).toList(),
                timeline.timeline());
    }
}
