package io.github.sessionferry.vertex;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.agentengine.OperationMode;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The contract against the fake: an engine for each test, for its sessions share state whatever their application. */
abstract class AgentEngineContract extends SessionServiceContract {

    private final OperationMode operations;
    private @Nullable FakeAgentEngine engine;
    private @Nullable TestClock clock;

    AgentEngineContract(OperationMode operations) {
        this.operations = operations;
    }

    @Override
    protected SessionService create(TestClock testClock) {
        clock = testClock;
        engine = FakeAgentEngine.builder()
                .clock(testClock)
                .operations(operations)
                .start();
        SessionService service = connect();
        fill(service);
        return service;
    }

    private SessionService connect() {
        return configured(Engines.connect(Objects.requireNonNull(engine)))
                .clock(Objects.requireNonNull(clock))
                .build();
    }

    /** What a subclass wants to be different. */
    VertexAiSessionService.Builder configured(VertexAiSessionService.Builder builder) {
        return builder;
    }

    /** What a subclass wants to be there already. */
    void fill(SessionService service) {}

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.of(Capability.WRITE, Capability.EVENTS, Capability.SHARED_STATE, Capability.EXPIRY);
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(connect());
    }

    @AfterEach
    void stopEngine() {
        if (engine != null) {
            engine.close();
        }
    }
}
