package io.github.sessionferry.firestore;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.firestore.FirestoreException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.Unreachable;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What Firestore's errors mean. The one place that knows its status codes. */
final class FirestoreErrors {

    private final String store;

    FirestoreErrors(String store) {
        this.store = store;
    }

    static Status statusOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FirestoreException firestore && firestore.getStatus() != null) {
                return firestore.getStatus();
            }
            if (cause instanceof ApiException api) {
                return Status.Code.valueOf(api.getStatusCode().getCode().name()).toStatus();
            }
            if (cause instanceof StatusRuntimeException grpc) {
                return grpc.getStatus();
            }
            if (cause instanceof TimeoutException) {
                return Status.DEADLINE_EXCEEDED;
            }
        }
        return Status.UNKNOWN;
    }

    /** A read that may succeed when it is tried again. */
    static boolean isPassing(Throwable failure) {
        Status status = statusOf(failure);
        return switch (status.getCode()) {
            case UNAVAILABLE, ABORTED, INTERNAL, UNKNOWN, CANCELLED -> true;
            case RESOURCE_EXHAUSTED -> isTooMany(failure);
            default -> false;
        };
    }

    /** A commit that was refused because of what is stored now; nothing of it was applied. */
    static boolean isLostRace(Throwable failure) {
        return switch (statusOf(failure).getCode()) {
            case ABORTED, FAILED_PRECONDITION, ALREADY_EXISTS -> true;
            default -> false;
        };
    }

    /** A commit that may have been applied or not. */
    static boolean isAmbiguous(Throwable failure) {
        return switch (statusOf(failure).getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED -> true;
            default -> false;
        };
    }

    /** A call that was refused because there were too many. */
    static boolean isTooMany(Throwable failure) {
        Status status = statusOf(failure);
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED && !isTooLarge(status);
    }

    private static boolean isTooLarge(Status status) {
        String description = status.getDescription();
        return description != null && description.contains("message exceeds maximum size");
    }

    /**
     * What a failure means to a caller, if nothing was changed.
     *
     * @param action what was tried, such as {@code find}
     */
    SessionException translate(String action, @Nullable SessionKey key, Throwable failure) {
        Status status = statusOf(failure);
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        Unreachable.explain(failure).orElse("no answer in time; try again"));
            case ABORTED, FAILED_PRECONDITION, ALREADY_EXISTS ->
                failure(SessionErrorCode.CONTENTION, action, key, failure, "others kept changing the same; try again");
            case RESOURCE_EXHAUSTED ->
                isTooLarge(status)
                        ? tooLarge(action, key, failure)
                        : failure(
                                SessionErrorCode.RATE_LIMITED,
                                action,
                                key,
                                failure,
                                "too many calls, or the quota is used up; slow down and try again");
            case PERMISSION_DENIED ->
                failure(
                        SessionErrorCode.PERMISSION_DENIED,
                        action,
                        key,
                        failure,
                        "the credentials need the role roles/datastore.user");
            case UNAUTHENTICATED ->
                failure(
                        SessionErrorCode.UNAUTHENTICATED,
                        action,
                        key,
                        failure,
                        "no valid credentials; see gcloud auth application-default login");
            case NOT_FOUND ->
                failure(
                        SessionErrorCode.STORE_NOT_FOUND,
                        action,
                        key,
                        failure,
                        "no such project or database; check the address");
            case INVALID_ARGUMENT, OUT_OF_RANGE ->
                failure(
                        SessionErrorCode.INVALID_SESSION,
                        action,
                        key,
                        failure,
                        "Firestore cannot keep this session: too large, or a name or value that it refuses");
            case UNIMPLEMENTED ->
                failure(SessionErrorCode.UNSUPPORTED, action, key, failure, "this Firestore cannot do it");
            default ->
                failure(SessionErrorCode.INTERNAL, action, key, failure, "Firestore answered " + status.getCode());
        };
    }

    private SessionException tooLarge(String action, @Nullable SessionKey key, Throwable failure) {
        return failure(
                SessionErrorCode.INVALID_SESSION, action, key, failure, "a document is larger than a call may be");
    }

    private SessionException failure(
            SessionErrorCode code, String action, @Nullable SessionKey key, Throwable failure, String what) {
        return new SessionException(
                code, action + " in " + store + " failed: " + what, key, null, withoutContent(failure));
    }

    /** Firestore's messages may quote values: only the status code goes on. */
    static Throwable withoutContent(Throwable failure) {
        StatusRuntimeException cause =
                statusOf(failure).withDescription(null).withCause(null).asRuntimeException();
        cause.setStackTrace(failure.getStackTrace());
        return cause;
    }
}
