package io.github.sessionferry.vertex;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.agentengine.OperationMode;
import java.util.List;

/** The contract where two applications that are none of its own have engines of their own, with sessions in them. */
class ContractWithAppsInOtherEnginesTest extends AgentEngineContract {

    ContractWithAppsInOtherEnginesTest() {
        super(OperationMode.DONE_AT_ONCE);
    }

    @Override
    VertexAiSessionService.Builder configured(VertexAiSessionService.Builder builder) {
        return builder.mapApp("shop", "1").mapApp("desk", "2");
    }

    @Override
    void fill(SessionService service) {
        for (String app : List.of("shop", "desk")) {
            service.store(EngineFixture.session(new SessionKey(app, "ana", "s1"), 3), Precondition.absent());
        }
    }
}
