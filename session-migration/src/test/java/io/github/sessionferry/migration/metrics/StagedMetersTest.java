package io.github.sessionferry.migration.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.PlanFile;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedListener;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StagedMeters meters = new StagedMeters(registry);
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();
    private final SessionService source = new FaultySessionService(InMemorySessionService.create(), sourceFaults);
    private final SessionService target = new FaultySessionService(InMemorySessionService.create(), targetFaults);
    private final SettablePlan plans = new SettablePlan(RolloutPlan.everybodyIn(Stage.DUAL_WRITE));
    private final BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    private final StagedSessionService staged = StagedSessionService.builder(source, target, plans)
            .listener(meters)
            .executor(later::add)
            .secondWriteWait(Duration.ZERO)
            .settleInterval(Duration.ZERO)
            .shadowSample(1)
            .mostShadowReads(1)
            .build();
    private final SessionService sessions = staged.serviceFor(Exercise.KEY.userId(), Channel.TEXT);

    StagedMetersTest() {
        meters.watch(staged);
    }

    @AfterEach
    void close() {
        staged.close();
    }

    private void runLater() {
        for (Runnable task = later.poll(); task != null; task = later.poll()) {
            task.run();
        }
    }

    private void awaitComparison() throws InterruptedException {
        Runnable comparison = later.poll(10, TimeUnit.SECONDS);
        assertThat(comparison).isNotNull();
        comparison.run();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double shadowReads(String result) {
        return count("session.staged.shadow.reads", "result", result);
    }

    private void in(Stage stage) {
        plans.set(RolloutPlan.everybodyIn(stage));
    }

    @Test
    void secondWrite_refused_isCountedAndOwedUntilSettled() {
        targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);

        sessions.create(NewSession.builder(Exercise.KEY).build());
        double underWay = gauge("session.staged.second.writes");
        runLater();

        assertThat(underWay).isEqualTo(1);
        assertThat(gauge("session.staged.second.writes")).isZero();
        assertThat(count("session.staged.second.write.failures", "side", "TARGET", "code", "UNAVAILABLE"))
                .isEqualTo(1);
        assertThat(count("session.staged.second.write.failures", "side", "SOURCE", "code", "UNAVAILABLE"))
                .isZero();
        assertThat(gauge("session.staged.debt")).isEqualTo(1);
        assertThat(gauge("session.staged.debt.unsettled")).isNaN();

        staged.settleDebt();
        assertThat(gauge("session.staged.debt.unsettled")).isPositive();

        targetFaults.clear();
        staged.settleDebt();
        assertThat(gauge("session.staged.debt")).isZero();
        assertThat(gauge("session.staged.debt.unsettled")).isZero();
    }

    @Test
    void settling_byItself_tellsWhatIsLeft() throws Exception {
        CompletableFuture<Integer> told = new CompletableFuture<>();
        targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);

        try (StagedSessionService settling = StagedSessionService.builder(source, target, plans)
                .listener(new StagedListener() {
                    @Override
                    public void debtLookedFor(int left) {
                        told.complete(left);
                    }
                })
                .settleInterval(Duration.ofMillis(1))
                .build()) {

            assertThat(told.get(10, TimeUnit.SECONDS)).isPositive();
            assertThat(settling.ownDebt()).isZero();
        }
    }

    @Test
    void debtFile_ofAnEarlierProcess_isOwedFromTheStart(@TempDir Path folder) {
        Path file = folder.resolve("debt.jsonl");
        SimpleMeterRegistry itsRegistry = new SimpleMeterRegistry();
        try (StagedSessionService killed = StagedSessionService.builder(source, target, plans)
                .debtFile(file)
                .executor(later::add)
                .secondWriteWait(Duration.ZERO)
                .settleInterval(Duration.ZERO)
                .build()) {
            killed.serviceFor(null, Channel.TEXT)
                    .create(NewSession.builder(Exercise.KEY).build());
        }
        later.clear();

        try (StagedSessionService next = StagedSessionService.builder(source, target, plans)
                .debtFile(file)
                .settleInterval(Duration.ZERO)
                .build()) {
            new StagedMeters(itsRegistry).watch(next);

            assertThat(itsRegistry.get("session.staged.debt").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void fallback_isCountedByTheSideThatServed() {
        in(Stage.TARGET_FIRST);
        source.store(Exercise.session(), Precondition.none());
        target.store(Exercise.session(), Precondition.none());
        targetFaults.on(SessionOperation.FIND).failBefore(SessionErrorCode.RATE_LIMITED);

        sessions.find(Exercise.KEY, EventSelection.all());

        assertThat(count("session.staged.fallbacks", "side", "SOURCE", "code", "RATE_LIMITED"))
                .isEqualTo(1);
        assertThat(count("session.staged.fallbacks", "side", "TARGET", "code", "RATE_LIMITED"))
                .isZero();
    }

    @Test
    void shadowRead_isCountedByItsResult() throws InterruptedException {
        in(Stage.SHADOW);
        source.store(Exercise.session(), Precondition.none());
        SessionKey missing = new SessionKey("secret-app", "secret-user", "missing");

        sessions.find(missing, EventSelection.all());
        sessions.find(missing, EventSelection.all());
        awaitComparison();
        sessions.find(Exercise.KEY, EventSelection.all());
        awaitComparison();
        targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        sessions.find(Exercise.KEY, EventSelection.all());
        awaitComparison();

        assertThat(shadowReads("equal")).isEqualTo(1);
        assertThat(shadowReads("dropped")).isEqualTo(1);
        assertThat(shadowReads("different")).isEqualTo(1);
        assertThat(shadowReads("failed")).isEqualTo(1);
    }

    @Test
    void adoption_isCounted() {
        in(Stage.TARGET_WITH_FALLBACK);
        source.store(Exercise.session(), Precondition.none());

        sessions.find(Exercise.KEY, EventSelection.all());
        sessions.find(Exercise.KEY, EventSelection.all());

        assertThat(count("session.staged.adopted")).isEqualTo(1);
    }

    @Test
    void emergency_isShownWhileItLasts() {
        staged.beginEmergency("the target loses data");
        double during = gauge("session.staged.emergency");
        staged.endEmergency();

        assertThat(during).isEqualTo(1);
        assertThat(gauge("session.staged.emergency")).isZero();
        assertThat(count("session.staged.emergencies")).isEqualTo(1);
    }

    @Test
    void plan_isShownAsItIsNow() {
        plans.set(RolloutPlan.of(
                        Stage.SHADOW,
                        Stage.TARGET_FIRST,
                        RolloutPolicy.builder("s").percentage(12.5).build())
                .withVersion(7)
                .withSettled(false));

        assertThat(registry.get("session.staged.stage")
                        .tag("who", "base")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(registry.get("session.staged.stage")
                        .tag("who", "rollout")
                        .gauge()
                        .value())
                .isEqualTo(3);
        assertThat(gauge("session.staged.plan.percentage")).isEqualTo(12.5);
        assertThat(gauge("session.staged.plan.version")).isEqualTo(7);
        assertThat(gauge("session.staged.plan.settled")).isZero();

        plans.set(plans.current().withSettled(true));

        assertThat(gauge("session.staged.plan.settled")).isEqualTo(1);
    }

    @Test
    void plan_olderOneInUse_isNotDrained() {
        sessions.create(NewSession.builder(Exercise.KEY).build());
        plans.set(RolloutPlan.everybodyIn(Stage.SHADOW).withVersion(1));
        double before = gauge("session.staged.plan.drained");
        runLater();

        assertThat(before).isZero();
        assertThat(gauge("session.staged.plan.drained")).isEqualTo(1);
    }

    @Test
    void planFile_broken_isShownUntilCorrected(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("rollout.json"), "{\"stage\": \"SHADOW\"}");
        PlanFile plan =
                PlanFile.builder(file).checkInterval(Duration.ofNanos(1)).open();
        meters.watch(plan);

        Files.writeString(file, "{");
        plan.current();
        double broken = gauge("session.staged.plan.broken");
        Files.writeString(file, "{\"stage\": \"SHADOW\"}");
        plan.current();

        assertThat(broken).isEqualTo(1);
        assertThat(gauge("session.staged.plan.broken")).isZero();
    }

    @Test
    void failures_noneYet_areZero() {
        assertThat(registry.find("session.staged.second.write.failures").counters())
                .hasSize(2 * SessionErrorCode.values().length);
        assertThat(registry.find("session.staged.fallbacks").counters()).hasSize(2 * SessionErrorCode.values().length);
    }

    @Test
    void readingGauges_callsNoStore() {
        sourceFaults.resetCalls();
        targetFaults.resetCalls();

        registry.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));

        assertThat(sourceFaults.totalCalls() + targetFaults.totalCalls()).isZero();
    }

    @Test
    void meters_tellNoIds() {
        targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        sessions.create(NewSession.builder(Exercise.KEY).build());
        runLater();

        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .allSatisfy(id -> assertThat(id.toString()).doesNotContain("secret"));
    }
}
