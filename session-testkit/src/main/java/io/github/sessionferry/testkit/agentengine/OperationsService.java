package io.github.sessionferry.testkit.agentengine;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import io.grpc.stub.StreamObserver;

/** The gRPC service of long-running operations; a wait answers at once, which the API allows. */
final class OperationsService extends OperationsGrpc.OperationsImplBase {
    private final AgentEngine engine;

    OperationsService(AgentEngine engine) {
        this.engine = engine;
    }

    @Override
    public void getOperation(GetOperationRequest request, StreamObserver<Operation> caller) {
        Answers.send(caller, () -> engine.getOperation(request.getName()));
    }

    @Override
    public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> caller) {
        Answers.send(caller, () -> engine.getOperation(request.getName()));
    }
}
