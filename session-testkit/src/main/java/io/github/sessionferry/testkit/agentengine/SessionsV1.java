package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.AppendEventResponse;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.DeleteSessionRequest;
import com.google.cloud.aiplatform.v1.GetSessionRequest;
import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.longrunning.Operation;
import io.grpc.stub.StreamObserver;

/** The gRPC service of v1. */
final class SessionsV1 extends SessionServiceGrpc.SessionServiceImplBase {
    private final AgentEngine engine;

    SessionsV1(AgentEngine engine) {
        this.engine = engine;
    }

    @Override
    public void createSession(CreateSessionRequest request, StreamObserver<Operation> caller) {
        Answers.send(caller, () -> engine.createSession(request, ApiVersion.V1));
    }

    @Override
    public void getSession(GetSessionRequest request, StreamObserver<Session> caller) {
        Answers.send(caller, () -> engine.getSession(request));
    }

    @Override
    public void listSessions(ListSessionsRequest request, StreamObserver<ListSessionsResponse> caller) {
        Answers.send(caller, () -> engine.listSessions(request));
    }

    @Override
    public void updateSession(UpdateSessionRequest request, StreamObserver<Session> caller) {
        Answers.send(caller, () -> engine.updateSession(request));
    }

    @Override
    public void deleteSession(DeleteSessionRequest request, StreamObserver<Operation> caller) {
        Answers.send(caller, () -> engine.deleteSession(request, ApiVersion.V1));
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> caller) {
        Answers.send(caller, () -> engine.listEvents(request));
    }

    @Override
    public void appendEvent(AppendEventRequest request, StreamObserver<AppendEventResponse> caller) {
        Answers.send(caller, () -> engine.appendEvent(request));
    }
}
