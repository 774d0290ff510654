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
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import java.io.IOException;
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

    private final StagedTalk source = staged(Stage.SOURCE_ONLY, Stage.SOURCE_ONLY, Stage.DUAL_WRITE, 1);
    private final StagedTalk target = staged(Stage.TARGET_ONLY, Stage.TARGET_WITH_FALLBACK, Stage.TARGET_ONLY, 99);
    private final SessionService store = source.plain;
    private final LDClient client = client();
    private final Migration<Optional<Session>, AppendOutcome, Void, Void> migration = new MigrationBuilder<
                    Optional<Session>, AppendOutcome, Void, Void>(client)
            .trackErrors(false)
            .trackLatency(false)
            .read(
                    nothing -> MigrationMethodResult.Success(StagedTalk.find(store)),
                    nothing -> MigrationMethodResult.Success(StagedTalk.find(store)))
            .write(
                    nothing -> MigrationMethodResult.Success(StagedTalk.append(store)),
                    nothing -> MigrationMethodResult.Success(StagedTalk.append(store)))
            .build()
            .orElseThrow();

    private static StagedTalk staged(Stage ours, Stage base, Stage rollout, double percentage) {
        RolloutPolicy policy =
                RolloutPolicy.builder("benchmark").percentage(percentage).build();
        RolloutPlan plan = RolloutPlan.of(base, rollout, policy);
        if (plan.stageOf(StagedTalk.USER) != ours) {
            throw new IllegalStateException("the user is not in " + ours + " by " + plan);
        }
        return new StagedTalk(plan, settings -> settings);
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
        source.close();
        target.close();
        client.close();
    }

    private LDContext user() {
        return LDContext.create(StagedTalk.USER);
    }

    @Benchmark
    public Object findPlain() {
        return StagedTalk.find(store);
    }

    @Benchmark
    public Object findSourceOnly() {
        return StagedTalk.find(source.routed);
    }

    @Benchmark
    public Object findTargetOnly() {
        return StagedTalk.find(target.routed);
    }

    @Benchmark
    public Object findLaunchDarklyOff() {
        return migration.read(FLAG, user(), MigrationStage.OFF);
    }

    @Benchmark
    public Object appendPlain() {
        return StagedTalk.append(store);
    }

    @Benchmark
    public Object appendSourceOnly() {
        return StagedTalk.append(source.routed);
    }

    @Benchmark
    public Object appendTargetOnly() {
        return StagedTalk.append(target.routed);
    }

    @Benchmark
    public Object appendLaunchDarklyOff() {
        return migration.write(FLAG, user(), MigrationStage.OFF);
    }
}
