package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import com.google.protobuf.Timestamp;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A fake engine, a service on it, and another client of it that knows nothing of ours. */
final class EngineFixture implements AutoCloseable {

    static final Instant TIME = Instant.parse("2026-01-05T10:00:00.123456Z");
    static final SessionKey KEY = new SessionKey("4711", "ana", "s1");

    final FakeAgentEngine engine;
    final VertexAiSessionService service;
    private final ManagedChannel channel;
    private final SessionServiceBlockingStub other;

    EngineFixture() {
        this(Duration.ofSeconds(20));
    }

    EngineFixture(Duration timeout) {
        engine = FakeAgentEngine.builder().start();
        service = Engines.connect(engine).timeout(timeout).build();
        channel = ManagedChannelBuilder.forTarget(engine.endpoint())
                .usePlaintext()
                .build();
        other = SessionServiceGrpc.newBlockingStub(channel);
    }

    GrpcFaults faults() {
        return engine.faults();
    }

    io.github.sessionferry.core.Session create(SessionKey key, Map<String, ?> state) {
        return service.create(NewSession.builder(key).state(state).build());
    }

    io.github.sessionferry.core.Session found(SessionKey key) {
        return service.find(key, EventSelection.all()).orElseThrow();
    }

    static io.github.sessionferry.core.SessionEvent event(int number) {
        return io.github.sessionferry.core.SessionEvent.builder("e" + number, "user", TIME.plusSeconds(number))
                .invocationId("i" + number)
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", "line " + number))))
                .stateDelta(Map.of("turns", (long) number, "user:last", (long) number))
                .build();
    }

    static io.github.sessionferry.core.Session session(SessionKey key, int events) {
        return io.github.sessionferry.core.Session.builder(key, TIME.plusSeconds(1_000))
                .createTime(TIME)
                .state(Map.of("turns", 42L))
                .events(IntStream.range(0, events)
                        .mapToObj(EngineFixture::event)
                        .toList())
                .build();
    }

    /** The engine's sessions as another client sees them. */
    List<Session> resources() {
        return other.listSessions(ListSessionsRequest.newBuilder()
                        .setParent(Engines.ENGINE)
                        .setPageSize(1_000)
                        .build())
                .getSessionsList();
    }

    /** A session's events as another client sees them. */
    List<SessionEvent> rawEvents(String engineId) {
        return other.listEvents(ListEventsRequest.newBuilder()
                        .setParent(Engines.ENGINE + "/sessions/" + engineId)
                        .setPageSize(1_000)
                        .build())
                .getSessionEventsList();
    }

    /** Creates a session as another client does. */
    void createByOther(String engineId, Session.Builder session) {
        createByOther(Engines.ENGINE, engineId, session);
    }

    /** Creates a session in an engine as another client does. */
    void createByOther(String parent, String engineId, Session.Builder session) {
        var unused = other.createSession(CreateSessionRequest.newBuilder()
                .setParent(parent)
                .setSessionId(engineId)
                .setSession(session)
                .build());
    }

    /** Appends an event as another client does. */
    void appendByOther(String engineId, SessionEvent.Builder event) {
        var unused = other.appendEvent(AppendEventRequest.newBuilder()
                .setName(Engines.ENGINE + "/sessions/" + engineId)
                .setEvent(event.setAuthor("user")
                        .setInvocationId("i")
                        .setTimestamp(Timestamp.newBuilder().setSeconds(TIME.getEpochSecond())))
                .build());
    }

    @Override
    public void close() {
        service.close();
        channel.shutdownNow();
        engine.close();
    }
}
