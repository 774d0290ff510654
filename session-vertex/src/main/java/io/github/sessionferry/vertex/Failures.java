package io.github.sessionferry.vertex;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.ErrorDetails;
import com.google.api.gax.rpc.StatusCode.Code;
import com.google.rpc.RetryInfo;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.Unreachable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the service's errors mean. Messages tell the status, never the server's text, which may quote a request. */
final class Failures {

    private Failures() {}

    /** The session itself is not there. Of an engine that is not there the service speaks otherwise. */
    static boolean isAbsentSession(ApiException failure) {
        return code(failure) == Code.NOT_FOUND && serverText(failure).contains("Session ");
    }

    /** A session with the id that was asked for is there already. */
    static boolean isTakenId(ApiException failure) {
        return code(failure) == Code.ALREADY_EXISTS
                || (code(failure) == Code.INVALID_ARGUMENT
                        && serverText(failure).contains("already exists"));
    }

    /** The service says that there were too many calls. */
    static boolean isTooMany(ApiException failure) {
        return code(failure) == Code.RESOURCE_EXHAUSTED;
    }

    /** The service did not do what was asked, for certain. */
    static boolean isRefusal(ApiException failure) {
        return switch (code(failure)) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED -> true;
            default -> false;
        };
    }

    /** The call may still be under way at the server: looking now cannot tell what it will have done. */
    static boolean mayStillHappen(ApiException failure) {
        return code(failure) == Code.DEADLINE_EXCEEDED || code(failure) == Code.CANCELLED;
    }

    /** The exception for a call that changed nothing. */
    static SessionException of(ApiException failure, String operation, String store, @Nullable SessionKey key) {
        SessionErrorCode code = errorCode(failure);
        String message = operation + " failed at " + store + " with " + code(failure) + "; "
                + Unreachable.explain(failure).orElseGet(() -> advice(code));
        return new SessionException(code, message, key, retryAfter(failure), failure);
    }

    /** How long the service asks to wait; {@code null} if it does not say. */
    static @Nullable Duration retryAfter(Throwable failure) {
        ErrorDetails details = failure instanceof ApiException api ? api.getErrorDetails() : null;
        RetryInfo info = details == null ? null : details.getRetryInfo();
        return info == null
                ? null
                : Duration.ofSeconds(
                        info.getRetryDelay().getSeconds(), info.getRetryDelay().getNanos());
    }

    private static SessionErrorCode errorCode(ApiException failure) {
        return switch (code(failure)) {
            case RESOURCE_EXHAUSTED -> SessionErrorCode.RATE_LIMITED;
            case ABORTED -> SessionErrorCode.CONTENTION;
            case PERMISSION_DENIED -> SessionErrorCode.PERMISSION_DENIED;
            case UNAUTHENTICATED -> SessionErrorCode.UNAUTHENTICATED;
            case NOT_FOUND -> isAbsentSession(failure) ? SessionErrorCode.NOT_FOUND : SessionErrorCode.STORE_NOT_FOUND;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> SessionErrorCode.INVALID_SESSION;
            case ALREADY_EXISTS -> SessionErrorCode.ALREADY_EXISTS;
            case FAILED_PRECONDITION, UNIMPLEMENTED, DATA_LOSS -> SessionErrorCode.INTERNAL;
            case OK, UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> SessionErrorCode.UNAVAILABLE;
        };
    }

    private static String advice(SessionErrorCode code) {
        return switch (code) {
            case RATE_LIMITED -> "the quota is spent: wait, or ask for a higher one";
            case PERMISSION_DENIED -> "give the credentials the role roles/aiplatform.user";
            case UNAUTHENTICATED -> "set up Application Default Credentials";
            case STORE_NOT_FOUND -> "check project, location and engine";
            case INVALID_SESSION -> "the service does not accept this session or event";
            case UNAVAILABLE, CONTENTION -> "try again";
            default -> "see the cause";
        };
    }

    private static Code code(ApiException failure) {
        return failure.getStatusCode().getCode();
    }

    private static String serverText(ApiException failure) {
        return String.valueOf(failure.getMessage());
    }
}
