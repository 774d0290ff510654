package io.github.sessionferry.redis;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every call to Redis: with a deadline, made again where that is safe, its failure told in the terms of
 * {@link SessionException}. Thread-safe.
 */
final class RedisCalls implements AutoCloseable {

    private static final Duration FIRST_DELAY = Duration.ofMillis(5);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(200);
    private static final double JITTER = 0.3;

    private final String store;
    private final RedisErrors errors;
    private final RedisLink link;
    private final Duration timeout;
    private final Patience reads;
    private final Patience changes;
    private final AtomicBoolean closed = new AtomicBoolean();

    RedisCalls(String store, RedisOptions options) {
        this.store = store;
        errors = new RedisErrors(store);
        link = RedisLink.to(options);
        timeout = options.timeout();
        reads = Patience.of(timeout);
        changes = Patience.of(timeout.multipliedBy(2));
    }

    /** The store's name. */
    String store() {
        return store;
    }

    /**
     * How long attempts go on. The last one begins when a quarter of the time is left, so that it can be answered: otherwise
     * what it tells would always be that the time was over, and never why.
     */
    private record Patience(Duration longest, RetryPolicy<Object> policy) {

        static Patience of(Duration longest) {
            return new Patience(
                    longest,
                    RetryPolicy.builder()
                            .handle(Passing.class)
                            .withBackoff(
                                    Collections.min(List.of(FIRST_DELAY, longest.dividedBy(4))),
                                    Collections.min(List.of(LONGEST_DELAY, longest.dividedBy(2))))
                            .withJitter(JITTER)
                            .withMaxRetries(-1)
                            .withMaxDuration(longest.multipliedBy(3).dividedBy(4))
                            .build());
        }
    }

    /** An attempt failed in a way that may pass; {@link #getCause()} tells how. */
    private static final class Passing extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Passing(Throwable cause) {
            super(cause);
        }
    }

    /**
     * Reads, again and again while the failure is of the kind that passes. Also for a change that alone has no effect on
     * any session.
     */
    <T> T read(
            String action,
            @Nullable SessionKey key,
            Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> call) {
        return run(action, key, reads, (commands, deadline) -> {
            try {
                return await(call.apply(commands), deadline);
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                Throwable failure = cause(e);
                throw passes(failure) ? new Passing(failure) : translate(action, key, failure);
            }
        });
    }

    /** Changes, again and again until it is answered; see {@link #changeAll}. */
    <T> T change(String action, @Nullable SessionKey key, Change.Attempt<T> attempt) {
        return changeAll(action, List.of(new Change<>(key, attempt))).get(0).get();
    }

    /**
     * Makes changes at the same time, each again and again until it is answered.
     *
     * @return the same changes, each done or failed
     */
    <T> List<Change<T>> changeAll(String action, List<Change<T>> all) {
        try {
            return run(action, null, changes, (commands, deadline) -> {
                List<Change<T>> open = all.stream().filter(Change::isOpen).toList();
                List<CompletableFuture<T>> answers = new ArrayList<>();
                open.forEach(change -> answers.add(change.send(commands)));
                try {
                    settle(answers, deadline);
                } finally {
                    for (int i = 0; i < open.size(); i++) {
                        note(action, open.get(i), answers.get(i));
                    }
                }
                for (Change<T> change : open) {
                    if (change.isOpen()) {
                        throw new Passing(change.lastFailure());
                    }
                }
                return all;
            });
        } catch (SessionException e) {
            all.stream().filter(Change::isOpen).forEach(change -> change.fail(failure(action, change, e)));
            return all;
        }
    }

    private <T> void note(String action, Change<T> change, CompletableFuture<T> answer) {
        try {
            change.succeed(answer.getNow(null));
        } catch (RuntimeException e) {
            Throwable failure = cause(e);
            if (failure instanceof SessionException session) {
                change.fail(session);
            } else if (RedisErrors.isUnanswered(failure)) {
                change.unanswered(failure);
            } else if (passes(failure)) {
                change.refused(failure);
            } else {
                change.fail(translate(action, change.key(), failure));
            }
        }
    }

    private <T> SessionException failure(String action, Change<T> change, SessionException failure) {
        if (change.maybeApplied()) {
            return ambiguous(action, change.key(), failure);
        }
        return new SessionException(
                failure.code(), String.valueOf(failure.getMessage()), change.key(), null, failure.getCause());
    }

    /** What is thrown if neither an answer came nor looking told. */
    AmbiguousOutcomeException ambiguous(String action, @Nullable SessionKey key, @Nullable Throwable failure) {
        return new AmbiguousOutcomeException(
                action + " in " + store + " got no answer, and looking did not tell whether it was done; look again",
                key,
                failure);
    }

    /** What is thrown if others changed the same again and again. */
    SessionException contention(String action, @Nullable SessionKey key) {
        return new SessionException(
                SessionErrorCode.CONTENTION,
                action + " in " + store + " failed: others kept changing the same; try again",
                key,
                null,
                null);
    }

    /** What is thrown if what is stored is no session. */
    SessionException corrupt(String place, @Nullable SessionKey key, String what) {
        return new SessionException(SessionErrorCode.CORRUPT, place + " in " + store + ": " + what, key, null, null);
    }

    private interface Run<T> {
        T with(RedisClusterAsyncCommands<String, byte[]> commands, long deadline) throws InterruptedException;
    }

    private <T> T run(String action, @Nullable SessionKey key, Patience patience, Run<T> run) {
        checkOpen();
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(action, key, null);
        }
        long deadline = System.nanoTime() + patience.longest.toNanos();
        try {
            return Failsafe.with(patience.policy).get(() -> run.with(connected(action, key, deadline), deadline));
        } catch (Passing e) {
            throw translate(action, key, cause(e));
        } catch (FailsafeException e) {
            throw interrupted(action, key, e.getCause());
        }
    }

    /** The commands; a first connection that cannot be made is not waited for. */
    private RedisClusterAsyncCommands<String, byte[]> connected(String action, @Nullable SessionKey key, long deadline)
            throws InterruptedException {
        try {
            return await(link.commands(), deadline);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw translate(action, key, cause(e));
        }
    }

    private static boolean passes(Throwable failure) {
        return RedisErrors.isUnanswered(failure) || RedisErrors.isUnsent(failure) || RedisErrors.isPassing(failure);
    }

    private static Throwable cause(Exception e) {
        boolean wraps = e instanceof ExecutionException || e instanceof Passing || e instanceof CompletionException;
        return wraps && e.getCause() != null ? e.getCause() : e;
    }

    private <T> T await(CompletionStage<T> answer, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<T> future = answer.toCompletableFuture();
        try {
            return future.get(Math.min(timeout.toNanos(), deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } finally {
            future.cancel(false);
        }
    }

    /** Waits until all have an answer or the time is over; then those without one are cancelled. */
    private <T> void settle(List<CompletableFuture<T>> answers, long deadline) throws InterruptedException {
        try {
            Void unused = await(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)), deadline);
        } catch (ExecutionException | TimeoutException e) {
            // Each answer is looked at by itself.
        } finally {
            answers.forEach(answer -> answer.cancel(false));
        }
    }

    private SessionException translate(String action, @Nullable SessionKey key, Throwable failure) {
        if (failure instanceof SessionException session) {
            return session;
        }
        return closed.get() ? closed() : errors.translate(action, key, failure);
    }

    private SessionException interrupted(String action, @Nullable SessionKey key, @Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new SessionException(
                SessionErrorCode.UNAVAILABLE, action + " in " + store + " was interrupted", key, null, cause);
    }

    void checkOpen() {
        if (closed.get()) {
            throw closed();
        }
    }

    private SessionException closed() {
        return new SessionException(SessionErrorCode.CLOSED, store + " was closed");
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.close();
        }
    }
}
