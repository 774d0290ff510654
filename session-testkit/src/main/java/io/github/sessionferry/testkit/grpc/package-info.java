/**
 * What the in-process gRPC servers of this module share: the server itself and its faults. Start at {@link
 * io.github.sessionferry.testkit.grpc.GrpcFaults}. Thread-safe unless stated.
 */
@NullMarked
package io.github.sessionferry.testkit.grpc;

import org.jspecify.annotations.NullMarked;
