package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.Unreachable;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What the errors of Redis and of its client mean. The one place that knows their words. Thread-safe.
 *
 * <p>Servers quote arguments in their messages, so none is passed on: only its first word, the error's kind.
 */
final class RedisErrors {

    /** Before Redis 7 an error in a script tells its kind behind the place. */
    private static final Pattern KIND =
            Pattern.compile("(?:.*@user_script: ?\\d+: )?-?([A-Z]{2,})\\b.*", Pattern.DOTALL);

    private static final Set<String> PASSING = Set.of("LOADING", "BUSY", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN");

    private final String store;

    RedisErrors(String store) {
        this.store = store;
    }

    /** The first word of what the server answered; empty if the failure is no answer of the server. */
    static String kind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException answer) {
                Matcher message = KIND.matcher(String.valueOf(answer.getMessage()));
                return message.matches() ? message.group(1) : "ERR";
            }
        }
        return "";
    }

    /** The server refuses calls for the moment; nothing was changed. */
    static boolean isPassing(Throwable failure) {
        return PASSING.contains(kind(failure));
    }

    /**
     * A server that was reached closed the connection before the client could tell why: now and then it loses the reason of a
     * refusal, of a password or a database, with the connection.
     */
    static boolean isReasonLost(Throwable failure) {
        return kind(failure).isEmpty() && Unreachable.explain(failure).isEmpty();
    }

    /** The client did not send the command, for it had no connection. */
    static boolean isUnsent(Throwable failure) {
        return failure instanceof RedisException
                && String.valueOf(failure.getMessage()).contains("Commands are rejected");
    }

    /** The command may have been done or not: it got no answer. */
    static boolean isUnanswered(Throwable failure) {
        boolean ended = failure instanceof TimeoutException
                || failure instanceof CancellationException
                || failure instanceof IOException
                || failure instanceof RedisException;
        return ended && kind(failure).isEmpty() && !isUnsent(failure);
    }

    /**
     * What a failure means to a caller, if nothing was changed.
     *
     * @param action what was tried, such as {@code find}
     */
    SessionException translate(String action, @Nullable SessionKey key, Throwable failure) {
        String kind = kind(failure);
        String text = text(failure);
        return switch (kind) {
            case "" -> noAnswer(action, key, failure);
            case "LOADING" ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        "the server is reading its data; try again");
            case "BUSY" ->
                failure(SessionErrorCode.UNAVAILABLE, action, key, failure, "a script blocks the server; try again");
            case "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN" ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        "a part of the servers is away or being moved; try again, and look at cluster info");
            case "READONLY" ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        "the server is a replica that is only read; give the address of the primary");
            case "OOM" ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        "the server's memory is used up; raise its maxmemory or make room");
            case "MISCONF", "NOREPLICAS" ->
                failure(
                        SessionErrorCode.UNAVAILABLE,
                        action,
                        key,
                        failure,
                        "the server accepts no writes, for it cannot save or replicate them; look at its disk and log");
            case "NOAUTH", "WRONGPASS" ->
                failure(
                        SessionErrorCode.UNAUTHENTICATED,
                        action,
                        key,
                        failure,
                        "the server asks for another user or password; see password-env");
            case "NOPERM", "DENIED" ->
                failure(
                        SessionErrorCode.PERMISSION_DENIED,
                        action,
                        key,
                        failure,
                        "the user may not run a command or reach a key that the store needs");
            case "WRONGTYPE" ->
                failure(
                        SessionErrorCode.CORRUPT,
                        action,
                        key,
                        failure,
                        "a key of the store holds another type of value; remove it, or choose another prefix");
            default -> other(action, key, failure, text);
        };
    }

    private SessionException noAnswer(String action, @Nullable SessionKey key, Throwable failure) {
        return isUnanswered(failure) || isUnsent(failure)
                ? failure(SessionErrorCode.UNAVAILABLE, action, key, failure, unanswered(failure))
                : failure(
                        SessionErrorCode.INTERNAL,
                        action,
                        key,
                        failure,
                        "the client failed with " + failure.getClass().getSimpleName());
    }

    private SessionException other(String action, @Nullable SessionKey key, Throwable failure, String text) {
        if (text.contains("AUTH") || text.contains("invalid password")) {
            return failure(
                    SessionErrorCode.UNAUTHENTICATED,
                    action,
                    key,
                    failure,
                    "the server does not take this user and password");
        }
        if (text.contains("DB index")) {
            return failure(
                    SessionErrorCode.STORE_NOT_FOUND,
                    action,
                    key,
                    failure,
                    "the server has no database of this number");
        }
        if (text.contains("max number of clients")) {
            return failure(
                    SessionErrorCode.UNAVAILABLE, action, key, failure, "the server has too many clients; try again");
        }
        if (text.contains("unknown command") || text.contains("Unknown Redis command")) {
            return failure(
                    SessionErrorCode.UNSUPPORTED,
                    action,
                    key,
                    failure,
                    "the server lacks a command that the store needs; it must be Redis 6.2 or later");
        }
        if (text.contains("maximum allowed size") || text.contains("bulk length")) {
            return failure(
                    SessionErrorCode.INVALID_SESSION, action, key, failure, "a value is larger than the server takes");
        }
        return failure(
                SessionErrorCode.INTERNAL, action, key, failure, "the server answered with the error " + kind(failure));
    }

    private static String text(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return "";
    }

    private static String unanswered(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "no encrypted connection; check that the server speaks TLS, and its certificate (ca=FILE)";
            }
        }
        return Unreachable.explain(failure)
                .orElse(
                        isUnsent(failure)
                                ? "no connection; check that the server is up"
                                : "no answer in time; try again");
    }

    private SessionException failure(
            SessionErrorCode code, String action, @Nullable SessionKey key, Throwable failure, String what) {
        return new SessionException(
                code, action + " in " + store + " failed: " + what, key, null, withoutContent(failure));
    }

    static Throwable withoutContent(Throwable failure) {
        String kind = kind(failure);
        RedisException cause =
                new RedisException(kind.isEmpty() ? failure.getClass().getSimpleName() : kind);
        cause.setStackTrace(failure.getStackTrace());
        return cause;
    }
}
