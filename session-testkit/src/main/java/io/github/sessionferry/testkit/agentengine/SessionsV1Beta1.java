package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1beta1.AppendEventRequest;
import com.google.cloud.aiplatform.v1beta1.AppendEventResponse;
import com.google.cloud.aiplatform.v1beta1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1beta1.DeleteSessionRequest;
import com.google.cloud.aiplatform.v1beta1.GetSessionRequest;
import com.google.cloud.aiplatform.v1beta1.ListEventsRequest;
import com.google.cloud.aiplatform.v1beta1.ListEventsResponse;
import com.google.cloud.aiplatform.v1beta1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1beta1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1beta1.Session;
import com.google.cloud.aiplatform.v1beta1.SessionServiceGrpc;
import com.google.cloud.aiplatform.v1beta1.UpdateSessionRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.stub.StreamObserver;

/** The gRPC service of v1beta1: the one of v1, whose messages are the same on the wire. */
final class SessionsV1Beta1 extends SessionServiceGrpc.SessionServiceImplBase {
    private final AgentEngine engine;

    SessionsV1Beta1(AgentEngine engine) {
        this.engine = engine;
    }

    @Override
    public void createSession(CreateSessionRequest request, StreamObserver<Operation> caller) {
        Answers.send(
                caller,
                () -> engine.createSession(
                        convert(request, com.google.cloud.aiplatform.v1.CreateSessionRequest.parser()),
                        ApiVersion.V1BETA1));
    }

    @Override
    public void getSession(GetSessionRequest request, StreamObserver<Session> caller) {
        Answers.send(
                caller,
                () -> convert(
                        engine.getSession(convert(request, com.google.cloud.aiplatform.v1.GetSessionRequest.parser())),
                        Session.parser()));
    }

    @Override
    public void listSessions(ListSessionsRequest request, StreamObserver<ListSessionsResponse> caller) {
        Answers.send(
                caller,
                () -> convert(
                        engine.listSessions(
                                convert(request, com.google.cloud.aiplatform.v1.ListSessionsRequest.parser())),
                        ListSessionsResponse.parser()));
    }

    @Override
    public void updateSession(UpdateSessionRequest request, StreamObserver<Session> caller) {
        Answers.send(
                caller,
                () -> convert(
                        engine.updateSession(
                                convert(request, com.google.cloud.aiplatform.v1.UpdateSessionRequest.parser())),
                        Session.parser()));
    }

    @Override
    public void deleteSession(DeleteSessionRequest request, StreamObserver<Operation> caller) {
        Answers.send(
                caller,
                () -> engine.deleteSession(
                        convert(request, com.google.cloud.aiplatform.v1.DeleteSessionRequest.parser()),
                        ApiVersion.V1BETA1));
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> caller) {
        Answers.send(
                caller,
                () -> convert(
                        engine.listEvents(convert(request, com.google.cloud.aiplatform.v1.ListEventsRequest.parser())),
                        ListEventsResponse.parser()));
    }

    @Override
    public void appendEvent(AppendEventRequest request, StreamObserver<AppendEventResponse> caller) {
        Answers.send(
                caller,
                () -> convert(
                        engine.appendEvent(
                                convert(request, com.google.cloud.aiplatform.v1.AppendEventRequest.parser())),
                        AppendEventResponse.parser()));
    }

    private static <T> T convert(Message message, Parser<T> other) {
        ByteString wire = message.toByteString();
        try {
            return other.parseFrom(wire);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the two versions differ on the wire", e);
        }
    }
}
