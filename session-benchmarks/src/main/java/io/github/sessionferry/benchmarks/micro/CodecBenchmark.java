package io.github.sessionferry.benchmarks.micro;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.ValueEncoding;
import io.github.sessionferry.core.rollout.RolloutDecision;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the stores and the router do with an event, a state, an id. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private final Session session = ConversationGenerator.builder().build().session(0);
    private final SessionEvent event = session.events().get(1);
    private final Map<String, @Nullable Object> eventDocument = EventDocument.write(event);
    private final ValueEncoding struct = ValueEncoding.struct();
    private final Map<String, @Nullable Object> encodedState = struct.encodeEntries(session.state(), new Encodings());
    private final String eventJson = Json.write(eventDocument);
    private final RolloutPolicy policy =
            RolloutPolicy.builder(RolloutPolicy.DEFAULT_SALT).percentage(12.5).build();

    @Benchmark
    public Map<String, @Nullable Object> writeEventDocument() {
        return EventDocument.write(event);
    }

    @Benchmark
    public SessionEvent readEventDocument() {
        return EventDocument.read(eventDocument, null);
    }

    @Benchmark
    public Map<String, @Nullable Object> encodeState() {
        return struct.encodeEntries(session.state(), new Encodings());
    }

    @Benchmark
    public Map<String, @Nullable Object> decodeState() {
        return struct.decodeEntries(encodedState);
    }

    @Benchmark
    public String writeEventJson() {
        return Json.write(eventDocument);
    }

    @Benchmark
    public @Nullable Object readEventJson() {
        return Json.read(eventJson);
    }

    @Benchmark
    public String deriveId() {
        return DerivedId.of(session.key());
    }

    @Benchmark
    public RolloutDecision decideRollout() {
        return policy.decide(session.key().userId());
    }
}
