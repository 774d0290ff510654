package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a validation tells while it runs, in a time of which each session takes a second. */
class ValidationProgressTest {

    private static final int SESSIONS = 30;
    private static final String PACE = "the pace so far";

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source = store();
    private final InMemorySessionService target = store();
    private final List<ValidationProgress> told = new ArrayList<>();

    private InMemorySessionService store() {
        InMemorySessionService store =
                InMemorySessionService.builder().clock(clock).build();
        Samples.fill(store, SESSIONS, 1);
        return store;
    }

    private Validator.Builder validator() {
        return validator(target);
    }

    private Validator.Builder validator(SessionService target) {
        return Validator.builder(source, target)
                .clock(clock)
                .concurrency(1)
                .maxRetries(0)
                .listener(new ValidationListener() {
                    @Override
                    public void sessionDone() {
                        clock.advance(Duration.ofSeconds(1));
                    }

                    @Override
                    public void progress(ValidationProgress progress) {
                        told.add(progress);
                    }
                });
    }

    @Test
    void progress_everyTenSeconds_tellsTheTimeLeftOfEachPass() {
        validator().build().run();

        assertThat(told).extracting(ValidationProgress::done).containsExactly(10L, 20L, 30L, 40L, 50L, 60L);
        assertThat(told).extracting(ValidationProgress::total).containsOnly(OptionalLong.of(60));
        assertThat(told)
                .extracting(
                        progress -> progress.remaining().orElseThrow().time().toSeconds())
                .containsExactly(20L, 10L, 0L, 20L, 10L, 0L);
        assertThat(told.get(3).elapsed()).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void progress_ofASample_countsTheSampleOnly() {
        validator().sample(0.5).sampleSeed(7).build().run();

        assertThat(told).isNotEmpty().extracting(ValidationProgress::total).containsOnly(OptionalLong.of(30));
    }

    @Test
    void progress_targetThatCannotCount_isTakenToHaveAsMany() {
        ValidationReport report = validator(new UnreadableRecordsService(target, target.capabilities()))
                .build()
                .run();

        assertThat(report.equal()).isTrue();
        assertThat(told).extracting(ValidationProgress::total).containsOnly(OptionalLong.of(60));
        assertThat(told.get(3).remaining()).contains(new RemainingTime(Duration.ofSeconds(20), PACE));
    }

    @Test
    void remaining_ofAPass_countsItsOwnCallsAndSessions() {
        ValidationPass second = new ValidationPass(OptionalLong.of(600), 1_000, Samples.T0, List.of(reads(9_000)));

        Optional<RemainingTime> remaining = second.remaining(1_100, Samples.T0.plusSeconds(60), List.of(reads(9_100)));

        assertThat(remaining).contains(new RemainingTime(Duration.ofMinutes(5), "reads (100/min)"));
    }

    private static CallQuota reads(long made) {
        return new CallQuota("reads", 100, 100, 100, made, 0);
    }
}
