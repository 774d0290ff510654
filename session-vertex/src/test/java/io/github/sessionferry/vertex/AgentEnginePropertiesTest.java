package io.github.sessionferry.vertex;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.contract.SessionServiceProperties;
import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class AgentEnginePropertiesTest extends SessionServiceProperties {

    private static FakeAgentEngine engine;

    @BeforeContainer
    static void start() {
        engine = FakeAgentEngine.builder().start();
    }

    @AfterContainer
    static void stop() {
        engine.close();
    }

    @Override
    protected SessionService create() {
        return Engines.connect(engine).build();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.of(Capability.WRITE, Capability.EVENTS, Capability.SHARED_STATE, Capability.EXPIRY);
    }

    @Override
    protected int tries() {
        return 60;
    }
}
