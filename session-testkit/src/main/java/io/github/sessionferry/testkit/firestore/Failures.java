package io.github.sessionferry.testkit.firestore;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The refusals of the service. */
final class Failures {
    private Failures() {}

    static StatusRuntimeException invalid(String text) {
        return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
    }

    static StatusRuntimeException failedPrecondition(String text) {
        return Status.FAILED_PRECONDITION.withDescription(text).asRuntimeException();
    }

    static StatusRuntimeException notFound(String text) {
        return Status.NOT_FOUND.withDescription(text).asRuntimeException();
    }

    static StatusRuntimeException alreadyExists(String text) {
        return Status.ALREADY_EXISTS.withDescription(text).asRuntimeException();
    }

    static StatusRuntimeException aborted(String text) {
        return Status.ABORTED.withDescription(text).asRuntimeException();
    }

    static StatusRuntimeException unimplemented(String text) {
        return Status.UNIMPLEMENTED.withDescription(text).asRuntimeException();
    }
}
