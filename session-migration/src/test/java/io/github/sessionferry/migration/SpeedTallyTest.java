package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.migration.SessionOutcome.Status;
import io.github.sessionferry.migration.Speed.SlowSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SpeedTallyTest {

    private static final Instant START = Samples.T0;

    @Test
    void speed_ofNothing_hasNoFigures() {
        Speed speed = new SpeedTally(START).speed();

        assertThat(speed.latency()).isEmpty();
        assertThat(speed.slowest()).isEmpty();
        assertThat(speed.timeline().spans()).isEmpty();
    }

    @Test
    void latency_ofAThousandSessions_isThatOfTheirTimes() {
        SpeedTally tally = new SpeedTally(START);
        IntStream.rangeClosed(1, 1_000).forEach(i -> add(tally, START, i));

        Latency latency = tally.speed().latency().orElseThrow();

        assertThat(latency.sessions()).isEqualTo(1_000);
        assertIsAbout(latency.p50(), 500);
        assertIsAbout(latency.p95(), 950);
        assertIsAbout(latency.p99(), 990);
        assertIsAbout(latency.max(), 1_000);
    }

    @Test
    void latency_ofATimeBeyondAllBounds_isCutOff() {
        SpeedTally tally = new SpeedTally(START);
        tally.add(Samples.created(Samples.key(1), 0, START, Duration.ofSeconds(Long.MAX_VALUE)));
        tally.add(Samples.created(Samples.key(2), 0, START, Duration.ZERO));

        Latency latency = tally.speed().latency().orElseThrow();

        assertThat(latency.p50()).isZero();
        assertIsAbout(latency.max(), Duration.ofDays(1).toMillis());
    }

    private static void assertIsAbout(Duration actual, long millis) {
        assertThat((double) actual.toMillis()).isCloseTo((double) millis, Percentage.withPercentage(1));
    }

    @Test
    void slowest_areTheTenThatTookLongest_longestFirst() {
        SpeedTally tally = new SpeedTally(START);
        IntStream.range(0, 100).forEach(i -> add(tally, START, i * 37 % 100));

        assertThat(tally.speed().slowest())
                .extracting(SlowSession::duration)
                .containsExactlyElementsOf(IntStream.range(0, 10)
                        .mapToObj(i -> Duration.ofMillis(99 - i))
                        .toList());
    }

    @Test
    void timeline_countsWhatWasDoneWhen() {
        SpeedTally tally = new SpeedTally(START);
        add(tally, START, 10);
        add(tally, START.plusMillis(249), 20);
        tally.add(SessionOutcome.notDone(
                Samples.key(1), Status.FAILED, new Failure("x", ""), START.plusMillis(500), Optional.empty()));
        tally.addUnreadable(START.plusMillis(749));

        Timeline timeline = tally.speed().timeline();

        assertThat(timeline.start()).isEqualTo(START);
        assertThat(timeline.width()).isEqualTo(Duration.ofMillis(250));
        assertThat(timeline.spans()).hasSize(3);
        assertThat(timeline.spans()).extracting(Timeline.Span::done).containsExactly(2L, 0L, 2L);
        assertThat(timeline.spans()).extracting(Timeline.Span::notMoved).containsExactly(0L, 0L, 2L);
        assertThat(timeline.spans()).extracting(Timeline.Span::events).containsExactly(6L, 0L, 0L);
        assertIsAbout(timeline.spans().get(0).latency().orElseThrow().max(), 20);
        assertThat(timeline.spans().get(2).latency()).isEmpty();
    }

    @Test
    void timeline_ofATimeBeforeTheStart_countsAtTheStart() {
        SpeedTally tally = new SpeedTally(START);
        add(tally, START.minusSeconds(5), 1);

        assertThat(tally.speed().timeline().spans())
                .extracting(Timeline.Span::done)
                .containsExactly(1L);
    }

    @Property
    void timeline_ofAnyLength_losesNothing_andStaysBounded(
            @ForAll @IntRange(min = 1, max = 3_000) int sessions,
            @ForAll @IntRange(min = 1, max = 100_000) int millisBetween) {
        SpeedTally tally = new SpeedTally(START);
        IntStream.range(0, sessions).forEach(i -> add(tally, START.plusMillis((long) i * millisBetween), 1 + i));

        Timeline timeline = tally.speed().timeline();

        Duration last = Duration.ofMillis((sessions - 1L) * millisBetween);
        assertThat(timeline.spans()).hasSize((int) last.dividedBy(timeline.width()) + 1);
        assertThat(timeline.spans()).hasSizeLessThanOrEqualTo(Timeline.MOST_SPANS);
        assertThat(timeline.width()).isLessThanOrEqualTo(widest(last));
        for (int i = 0; i < timeline.spans().size(); i++) {
            assertThat(timeline.spans().get(i).done()).isEqualTo(timesIn(timeline, i, sessions, millisBetween));
        }
    }

    /** As narrow as it can be: half of it would be too narrow. */
    private static Duration widest(Duration last) {
        Duration narrowest = Duration.ofMillis(250);
        Duration half = last.multipliedBy(2).dividedBy(Timeline.MOST_SPANS);
        return half.compareTo(narrowest) > 0 ? half : narrowest;
    }

    private static long timesIn(Timeline timeline, int index, int sessions, int millisBetween) {
        long width = timeline.width().toMillis();
        return IntStream.range(0, sessions)
                .filter(i -> (long) i * millisBetween / width == index)
                .count();
    }

    private static void add(SpeedTally tally, Instant time, long millis) {
        tally.add(Samples.created(Samples.key((int) millis), 3, time, Duration.ofMillis(millis)));
    }
}
