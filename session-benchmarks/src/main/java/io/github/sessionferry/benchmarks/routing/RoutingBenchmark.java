package io.github.sessionferry.benchmarks.routing;

import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.LDValue;
import com.launchdarkly.sdk.server.Components;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
import com.launchdarkly.sdk.server.MigrationStage;
import com.launchdarkly.sdk.server.integrations.TestData;
import com.launchdarkly.sdk.server.migrations.Migration;
import com.launchdarkly.sdk.server.migrations.MigrationBuilder;
import com.launchdarkly.sdk.server.migrations.MigrationMethodResult;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to go to one store by way of a migration, over going there straight; beside LaunchDarkly's. Users are drawn
 * by percentage, as during a rollout.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class RoutingBenchmark {

    private static final String FLAG = "sessions";

    private final Talk talk = new Talk();
    private final InMemorySessionService store = InMemorySessionService.create();
    private final StagedSessionService sourceStaged = staged(store, InMemorySessionService.create(), Stage.SOURCE_ONLY);
    private final StagedSessionService targetStaged = staged(InMemorySessionService.create(), store, Stage.TARGET_ONLY);
    private final SessionService sourceOnly = view(sourceStaged);
    private final SessionService targetOnly = view(targetStaged);
    private final LDClient client = client();
    private final Migration<Optional<Session>, AppendOutcome, Void, Void> migration = new MigrationBuilder<
                    Optional<Session>, AppendOutcome, Void, Void>(client)
            .trackErrors(false)
            .trackLatency(false)
            .read(
                    nothing -> MigrationMethodResult.Success(talk.find(store)),
                    nothing -> MigrationMethodResult.Success(talk.find(store)))
            .write(
                    nothing -> MigrationMethodResult.Success(talk.append(store)),
                    nothing -> MigrationMethodResult.Success(talk.append(store)))
            .build()
            .orElseThrow();

    /** Fills the store. */
    public RoutingBenchmark() {
        talk.putIn(store);
    }

    /** A plan with another stage beside, so that each call decides for its user. */
    private static StagedSessionService staged(SessionService source, SessionService target, Stage stage) {
        Stage beside = stage == Stage.SOURCE_ONLY ? Stage.DUAL_WRITE : Stage.TARGET_WITH_FALLBACK;
        RolloutPlan plan = stage == Stage.SOURCE_ONLY
                ? RolloutPlan.of(stage, beside, policy(0))
                : RolloutPlan.of(beside, stage, policy(100));
        return StagedSessionService.builder(source, target, () -> plan)
                .settleInterval(Duration.ZERO)
                .build();
    }

    private static RolloutPolicy policy(double percentage) {
        return RolloutPolicy.builder("benchmark").percentage(percentage).build();
    }

    private SessionService view(StagedSessionService staged) {
        return staged.serviceFor(talk.session.key().userId(), Channel.TEXT);
    }

    private static LDClient client() {
        TestData flags = TestData.dataSource();
        flags.update(flags.flag(FLAG).valueForAll(LDValue.of(MigrationStage.OFF.toString())));
        return new LDClient(
                "no-key",
                new LDConfig.Builder()
                        .dataSource(flags)
                        .events(Components.noEvents())
                        .diagnosticOptOut(true)
                        .logging(Components.noLogging())
                        .build());
    }

    @TearDown
    public void close() throws IOException {
        sourceStaged.close();
        targetStaged.close();
        client.close();
    }

    private LDContext user() {
        return LDContext.create(talk.session.key().userId());
    }

    @Benchmark
    public Object findPlain() {
        return talk.find(store);
    }

    @Benchmark
    public Object findSourceOnly() {
        return talk.find(sourceOnly);
    }

    @Benchmark
    public Object findTargetOnly() {
        return talk.find(targetOnly);
    }

    @Benchmark
    public Object findLaunchDarklyOff() {
        return migration.read(FLAG, user(), MigrationStage.OFF);
    }

    @Benchmark
    public Object appendPlain() {
        return talk.append(store);
    }

    @Benchmark
    public Object appendSourceOnly() {
        return talk.append(sourceOnly);
    }

    @Benchmark
    public Object appendTargetOnly() {
        return talk.append(targetOnly);
    }

    @Benchmark
    public Object appendLaunchDarklyOff() {
        return migration.write(FLAG, user(), MigrationStage.OFF);
    }
}
