package io.github.sessionferry.vertex;

import static io.github.sessionferry.vertex.EngineFixture.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.quota.PacingTime;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.RemainingTime;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.agentengine.Quotas;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A whole migration to an engine that refuses what is beyond its quota, on a time that only moves while somebody waits for
 * their turn.
 */
@Timeout(120)
class QuotaBoundMigrationTest {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final String EVENTS = "events appended";
    private static final int SESSIONS = 60;
    private static final int EVENTS_EACH = 20;

    private static final AgentEngineQuotas BELIEVED = AgentEngineQuotas.published();

    /** While one thread moves the time to its turn, the calls of the others under way must not come to their deadline. */
    private static final Duration LONGER_THAN_OTHERS_WAIT = Duration.ofHours(1);

    private final TestClock clock = TestClock.at(START);
    private final FakeAgentEngine engine =
            FakeAgentEngine.builder().clock(clock).quotas(Quotas.published()).start();
    private final InMemorySessionService source = InMemorySessionService.create();
    private final VertexAiSessionService target = Engines.connect(engine)
            .clock(clock)
            .quotas(BELIEVED)
            .pacingTime(new TimeOfWaiting())
            .timeout(LONGER_THAN_OTHERS_WAIT)
            .build();
    private final List<MigrationProgress> progress = new CopyOnWriteArrayList<>();

    private final class TimeOfWaiting implements PacingTime {

        @Override
        public long nanoTime() {
            return elapsed().toNanos();
        }

        @Override
        public void sleep(Duration wait) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            clock.advance(wait);
        }
    }

    private Duration elapsed() {
        return Duration.between(START, clock.instant());
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < SESSIONS; i++) {
            source.store(session(new SessionKey("4711", "ana", "s" + i), EVENTS_EACH), Precondition.absent());
        }
    }

    @AfterEach
    void close() {
        target.close();
        source.close();
        engine.close();
    }

    @Test
    void run_quotaIsKnown_isWithinIt_andHardlyRefused() {
        MigrationReport report = migrate(0.3);

        QuotaUse events = use(report);
        assertThat(events.perMinute()).isEqualTo(210);
        assertThat(events.made()).isEqualTo(SESSIONS * EVENTS_EACH);
        assertThat(report.quotas())
                .allSatisfy(use -> assertThat(use.shareRefused()).as(use.kind()).isLessThan(0.01));
        assertThat(events.shareUsed()).isGreaterThan(0.9);
        assertThat(elapsed()).isLessThan(Duration.ofMinutes(7));
        assertArrived(report);
    }

    @Test
    void run_quotaIsSmallerThanBelieved_slowsDown_recovers_andArrives() {
        engine.setQuotas(Quotas.published().times(0.5));

        MigrationReport report = migrate(0);

        assertThat(use(report).refused()).isPositive();
        assertThat(use(report).shareRefused()).isLessThan(0.02);
        List<Double> rates = rates();
        assertThat(Collections.max(rates)).isLessThanOrEqualTo((double) BELIEVED.appends());
        assertThat(Collections.min(rates)).as("the slowest of %s", rates).isLessThan(BELIEVED.appends() * 0.6);
        assertThat(IntStream.range(1, rates.size()).anyMatch(i -> rates.get(i) > rates.get(i - 1)))
                .as("one of %s is faster than the one before", rates)
                .isTrue();
        assertThat(elapsed()).isLessThan(Duration.ofMinutes(14));
        assertArrived(report);
    }

    @Test
    void run_refusedCalls_countAgainstTheQuotaAsTheyDoAtTheServer() {
        engine.setQuotas(Quotas.published().times(0.5));

        MigrationReport report = migrate(0);

        assertThat(use(report).made())
                .isEqualTo(engine.calls("AppendEvent"))
                .isEqualTo(SESSIONS * EVENTS_EACH + use(report).refused());
    }

    private MigrationReport migrate(double reserve) {
        return Migrator.builder(source, target)
                .concurrency(4)
                .reserve(reserve)
                .clock(clock)
                .listener(new MigrationListener() {
                    @Override
                    public void progress(MigrationProgress now) {
                        progress.add(now);
                    }
                })
                .build()
                .run();
    }

    private static QuotaUse use(MigrationReport report) {
        return report.quotas().stream()
                .filter(use -> use.kind().equals(EVENTS))
                .findFirst()
                .orElseThrow();
    }

    /** The rates in force, as the remaining time names them where they bind it. */
    private List<Double> rates() {
        return progress.stream()
                .map(now -> now.remaining().map(RemainingTime::boundBy).orElse(""))
                .filter(bound -> bound.startsWith(EVENTS))
                .map(bound -> Double.valueOf(bound.replaceAll(".*\\((.*)/min\\)", "$1")))
                .toList();
    }

    private void assertArrived(MigrationReport report) {
        assertThat(report.succeeded()).as(report.toMarkdown()).isTrue();
        assertThat(report.counts().created()).isEqualTo(SESSIONS);
        engine.setQuotas(Quotas.unlimited());
        ValidationReport proof = Validator.builder(source, target).build().run();
        assertThat(proof.equal()).as(proof.toMarkdown()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(SESSIONS);
    }
}
