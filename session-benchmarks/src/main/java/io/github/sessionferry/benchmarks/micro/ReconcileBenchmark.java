package io.github.sessionferry.benchmarks.micro;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.migration.ReconcileResult;
import io.github.sessionferry.migration.Reconciler;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the engine does with a session of ten events, from memory to memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReconcileBenchmark {

    private final Session session = ConversationGenerator.builder().build().session(0);
    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService copy = InMemorySessionService.create();
    private final InMemorySessionService empty = InMemorySessionService.create();
    private final Reconciler toCopy = Reconciler.between(source, copy);
    private final Reconciler toEmpty = Reconciler.between(source, empty);

    /** Fills the stores. */
    public ReconcileBenchmark() {
        source.store(session, Precondition.none());
        copy.store(session, Precondition.none());
    }

    /** Nothing is to be done, which takes a comparison of all of it to know. */
    @Benchmark
    public ReconcileResult reconcileEqual() {
        return toCopy.reconcile(session.key());
    }

    @Benchmark
    public DeleteOutcome reconcileAbsentThenDelete() {
        toEmpty.reconcile(session.key());
        return empty.delete(session.key(), Precondition.none());
    }
}
