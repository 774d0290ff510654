package io.github.sessionferry.benchmarks.routing;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A caller's time in the shadow stage over that of the source alone. Between two calls the caller does something else, long
 * enough for what is done beside its path to end: comparing what was read, and the second write, for which no caller waits
 * here.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class ShadowBenchmark {

    /** About 50 µs. */
    private static final int SOMETHING_ELSE = 25_000;

    @Param({"0.1", "1"})
    private double sample;

    private @Nullable StagedTalk shadow;

    @Setup
    public void begin() {
        shadow = new StagedTalk(
                RolloutPlan.everybodyIn(Stage.SHADOW),
                settings -> settings.secondWriteWait(Duration.ZERO)
                        .shadowSample(sample)
                        .mostShadowReads(1_000));
    }

    private StagedTalk shadow() {
        return requireNonNull(shadow);
    }

    @TearDown
    public void close() {
        shadow().close();
    }

    @Setup(Level.Invocation)
    public void doSomethingElse() {
        Blackhole.consumeCPU(SOMETHING_ELSE);
    }

    @Benchmark
    public Object findPlain() {
        return StagedTalk.find(shadow().plain);
    }

    @Benchmark
    public Object findShadow() {
        return StagedTalk.find(shadow().routed);
    }

    @Benchmark
    public Object appendPlain() {
        return StagedTalk.append(shadow().plain);
    }

    @Benchmark
    public Object appendShadow() {
        return StagedTalk.append(shadow().routed);
    }
}
