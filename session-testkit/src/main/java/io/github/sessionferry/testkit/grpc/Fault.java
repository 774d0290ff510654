package io.github.sessionferry.testkit.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;

/** What becomes of one call in place of being served normally. */
interface Fault {
    <Q, A> ServerCall.Listener<Q> apply(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next);
}
