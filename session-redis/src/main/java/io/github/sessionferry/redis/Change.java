package io.github.sessionferry.redis;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A change under way: sent perhaps several times, done or failed in the end. Not thread-safe.
 *
 * @param <T> what the answer tells
 */
final class Change<T> {

    private final @Nullable SessionKey key;
    private final Attempt<T> attempt;
    private boolean maybeApplied;
    private @Nullable Throwable lastFailure;
    private @Nullable T answer;
    private @Nullable SessionException failure;

    Change(@Nullable SessionKey key, Attempt<T> attempt) {
        this.key = key;
        this.attempt = attempt;
    }

    /**
     * Sends a change.
     *
     * @param <T> what the answer tells
     */
    interface Attempt<T> {

        /**
         * Sends commands that have the same effect however often they are sent.
         *
         * @param maybeApplied true if an earlier attempt got no answer: then look for its effect
         */
        CompletionStage<T> send(RedisClusterAsyncCommands<String, byte[]> commands, boolean maybeApplied);
    }

    @Nullable
    SessionKey key() {
        return key;
    }

    boolean isOpen() {
        return answer == null && failure == null;
    }

    /** Whether an attempt got no answer. */
    boolean maybeApplied() {
        return maybeApplied;
    }

    Throwable lastFailure() {
        return requireNonNull(lastFailure);
    }

    CompletableFuture<T> send(RedisClusterAsyncCommands<String, byte[]> commands) {
        return attempt.send(commands, maybeApplied).toCompletableFuture();
    }

    void succeed(T value) {
        answer = requireNonNull(value);
    }

    void unanswered(Throwable cause) {
        maybeApplied = true;
        lastFailure = cause;
    }

    void refused(Throwable cause) {
        lastFailure = cause;
    }

    void fail(SessionException cause) {
        failure = cause;
    }

    /** The answer, or the failure thrown. */
    T get() {
        if (failure != null) {
            throw failure;
        }
        return requireNonNull(answer);
    }
}
