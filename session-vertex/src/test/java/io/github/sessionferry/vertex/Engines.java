package io.github.sessionferry.vertex;

import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.time.Duration;

/** Services on an engine of the fake. */
final class Engines {

    static final String ENGINE = "projects/ferry/locations/europe-west1/reasoningEngines/4711";

    private Engines() {}

    static VertexAiSessionService.Builder connect(FakeAgentEngine engine) {
        return VertexAiSessionService.builder(ENGINE)
                .endpoint(engine.endpoint())
                .plaintext(true)
                .timeout(Duration.ofSeconds(20));
    }
}
