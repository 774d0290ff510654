package io.github.sessionferry.testkit.agentengine;

import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Sends what the engine answers, or its error, to a gRPC caller. */
final class Answers {
    private Answers() {}

    static <A> void send(StreamObserver<A> caller, Supplier<A> call) {
        A answer;
        try {
            answer = call.get();
        } catch (RpcException e) {
            caller.onError(StatusProto.toStatusRuntimeException(e.status()));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }
}
