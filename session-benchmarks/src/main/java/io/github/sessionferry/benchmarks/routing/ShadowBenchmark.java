package io.github.sessionferry.benchmarks.routing;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A caller's time in the shadow stage, every read compared and every write written twice beside the caller's path: what is
 * under way there ends before the next call is measured. Callers do not wait for the second write here.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class ShadowBenchmark {

    private final Talk talk = new Talk();
    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final ExecutorService beside = Executors.newSingleThreadExecutor();
    private final StagedSessionService staged = StagedSessionService.builder(
                    source, target, new SettablePlan(RolloutPlan.everybodyIn(Stage.SHADOW)))
            .settleInterval(Duration.ZERO)
            .secondWriteWait(Duration.ZERO)
            .shadowSample(1)
            .executor(beside)
            .build();
    private final SessionService shadow = staged.serviceFor(talk.session.key().userId(), Channel.TEXT);

    /** Fills the stores. */
    public ShadowBenchmark() {
        talk.putIn(source);
        talk.putIn(target);
    }

    @TearDown(Level.Invocation)
    public void awaitWhatIsBeside() throws InterruptedException, ExecutionException {
        beside.submit(() -> {}).get();
    }

    @TearDown
    public void close() {
        staged.close();
        beside.shutdownNow();
    }

    @Benchmark
    public Object findPlain() {
        return talk.find(source);
    }

    @Benchmark
    public Object findShadow() {
        return talk.find(shadow);
    }

    @Benchmark
    public Object appendPlain() {
        return talk.append(source);
    }

    @Benchmark
    public Object appendShadow() {
        return talk.append(shadow);
    }
}
