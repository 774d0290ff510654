package io.github.sessionferry.vertex;

import io.github.sessionferry.testkit.agentengine.OperationMode;

class ContractWithSlowOperationsTest extends AgentEngineContract {

    ContractWithSlowOperationsTest() {
        super(OperationMode.readableAfter(2));
    }
}
