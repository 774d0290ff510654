package io.github.sessionferry.firestore;

import com.google.api.core.ApiFuture;
import com.google.cloud.firestore.WriteBatch;
import com.google.cloud.firestore.WriteResult;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.quota.CallPacer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every call to Firestore: with a deadline, retried where that is safe, its failure told in the terms of {@link
 * SessionException}. Thread-safe.
 */
final class Rpc {

    private static final Duration FIRST_DELAY = Duration.ofMillis(10);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);
    private static final double JITTER = 0.5;
    private static final int PACED_ATTEMPTS = 10;

    private final String store;
    private final FirestoreErrors errors;
    private final Duration timeout;
    private final RetryPolicy<Object> reads;
    private final RetryPolicy<Object> changes;
    private final Optional<CallPacer> pacer;
    private final AtomicBoolean closed;

    /**
     * Begins.
     *
     * @param timeout how long a call may take. A change may take twice that, so that the outcome of one that got no answer
     *     is looked up
     */
    Rpc(String store, Duration timeout) {
        this(store, timeout, Optional.empty(), new AtomicBoolean());
    }

    private Rpc(String store, Duration timeout, Optional<CallPacer> pacer, AtomicBoolean closed) {
        this.store = store;
        this.errors = new FirestoreErrors(store);
        this.timeout = timeout;
        this.pacer = pacer;
        this.closed = closed;
        reads = policy(timeout, FirestoreErrors::isPassing)
                .withMaxDuration(timeout)
                .build();
        Duration longest = timeout.multipliedBy(2);
        RetryPolicyBuilder<Object> policy =
                policy(longest, failure -> failure instanceof CommitFailure || isUnavailable(failure));
        changes = pacer.isPresent()
                ? policy.withMaxAttempts(PACED_ATTEMPTS).build()
                : policy.withMaxDuration(longest).build();
    }

    /**
     * The same calls, with commits that wait for their turn, a turn for each document. Their attempts are counted instead
     * of timed, for most of the time of a change goes into waiting.
     */
    Rpc paced(CallPacer writes) {
        return new Rpc(store, timeout, Optional.of(writes), closed);
    }

    List<CallQuota> quotas() {
        return pacer.stream().map(CallPacer::quota).toList();
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof SessionException session
                && session.code() == SessionErrorCode.UNAVAILABLE
                && !Thread.currentThread().isInterrupted();
    }

    private static RetryPolicyBuilder<Object> policy(Duration longest, Predicate<Throwable> retryable) {
        return RetryPolicy.builder()
                .handleIf(retryable::test)
                .withBackoff(Collections.min(List.of(FIRST_DELAY, longest.dividedBy(2))), LONGEST_DELAY)
                .withJitter(JITTER)
                .withMaxRetries(-1);
    }

    /** One attempt at a change: reads what is there, and commits what is to be. */
    interface Attempt<T> {

        /**
         * Tries.
         *
         * @param maybeApplied true if the commit of an earlier attempt may have been applied: then look for its effect
         */
        T run(boolean maybeApplied);
    }

    /** A commit failed; the change is to be tried again from its reads on. */
    private static final class CommitFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final boolean ambiguous;

        CommitFailure(Throwable cause, boolean ambiguous) {
            super(cause);
            this.ambiguous = ambiguous;
        }
    }

    /** Reads, again and again while the failure is of the kind that passes. */
    <T> T read(String action, @Nullable SessionKey key, Supplier<ApiFuture<T>> call) {
        checkOpen();
        try {
            return Failsafe.with(reads).get(() -> await(call));
        } catch (SessionException e) {
            throw e;
        } catch (RuntimeException e) {
            throw interruptedOrFailed(
                    action, key, e instanceof FailsafeException && e.getCause() != null ? e.getCause() : e);
        }
    }

    private SessionException interruptedOrFailed(String action, @Nullable SessionKey key, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new SessionException(
                    SessionErrorCode.UNAVAILABLE, action + " in " + store + " was interrupted", key, null, failure);
        }
        return errors.translate(action, key, failure);
    }

    /** Changes, again and again until an attempt's commit is applied, is found applied, or cannot succeed. */
    <T> T change(String action, @Nullable SessionKey key, Attempt<T> attempt) {
        checkOpen();
        AtomicBoolean maybeApplied = new AtomicBoolean();
        try {
            return Failsafe.with(changes).get(() -> run(attempt, maybeApplied));
        } catch (CommitFailure e) {
            throw maybeApplied.get()
                    ? ambiguous(action, key, e)
                    : errors.translate(action, key, e.getCause() == null ? e : e.getCause());
        } catch (FailsafeException e) {
            Throwable interruption = e.getCause() == null ? e : e.getCause();
            throw maybeApplied.get() ? ambiguous(action, key, e) : interruptedOrFailed(action, key, interruption);
        } catch (SessionException e) {
            throw maybeApplied.get() && e.retryable() ? ambiguous(action, key, e) : e;
        }
    }

    private static <T> T run(Attempt<T> attempt, AtomicBoolean maybeApplied) {
        try {
            return attempt.run(maybeApplied.get());
        } catch (CommitFailure e) {
            if (e.ambiguous) {
                maybeApplied.set(true);
            }
            throw e;
        }
    }

    /** The answer of an attempt that finds something else than what its own earlier commit would have left. */
    AmbiguousOutcomeException ambiguous(String action, @Nullable SessionKey key, @Nullable Throwable failure) {
        return new AmbiguousOutcomeException(
                action + " in " + store + " got no answer, and looking did not tell whether it was done; look again",
                key,
                failure == null ? null : FirestoreErrors.withoutContent(failure));
    }

    /** Commits within an {@link Attempt}. */
    List<WriteResult> commit(String action, @Nullable SessionKey key, WriteBatch batch) {
        checkOpen();
        awaitTurn(action, key, batch.getMutationsSize());
        if (Thread.currentThread().isInterrupted()) {
            throw interruptedOrFailed(action, key, new InterruptedException("before the commit"));
        }
        try {
            return await(batch::commit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ambiguous(action, key, e);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            if (pacer.isPresent() && FirestoreErrors.isTooMany(e)) {
                pacer.get().refused(null);
                throw new CommitFailure(e, false);
            }
            if (FirestoreErrors.isLostRace(e) || FirestoreErrors.isAmbiguous(e)) {
                throw new CommitFailure(e, FirestoreErrors.isAmbiguous(e));
            }
            throw errors.translate(action, key, e);
        }
    }

    private void awaitTurn(String action, @Nullable SessionKey key, int writes) {
        if (pacer.isEmpty() || writes == 0) {
            return;
        }
        try {
            Duration unused = pacer.get().await(writes);
        } catch (InterruptedException e) {
            throw interruptedOrFailed(action, key, e);
        }
        checkOpen();
    }

    private <T> T await(Supplier<ApiFuture<T>> call) throws InterruptedException, ExecutionException, TimeoutException {
        if (Thread.interrupted()) {
            // Beginning a call may run the client's own listeners on this thread, and they swallow interruptions.
            throw new InterruptedException("before the call");
        }
        ApiFuture<T> begun = call.get();
        boolean answered = false;
        try {
            T answer = begun.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                begun.cancel(true);
            }
        }
    }

    /** Lets no further call begin; answers whether any could until now. */
    boolean close() {
        return closed.compareAndSet(false, true);
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new SessionException(SessionErrorCode.CLOSED, store + " was closed");
        }
    }
}
