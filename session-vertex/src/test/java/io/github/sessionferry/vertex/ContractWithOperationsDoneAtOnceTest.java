package io.github.sessionferry.vertex;

import io.github.sessionferry.testkit.agentengine.OperationMode;

class ContractWithOperationsDoneAtOnceTest extends AgentEngineContract {

    ContractWithOperationsDoneAtOnceTest() {
        super(OperationMode.DONE_AT_ONCE);
    }
}
