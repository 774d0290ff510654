package io.github.sessionferry.vertex;

import com.google.api.core.ApiFuture;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.UnaryCallable;
import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.AppendEventResponse;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.DeleteSessionRequest;
import com.google.cloud.aiplatform.v1.GetSessionRequest;
import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.cloud.aiplatform.v1.SessionServiceClient;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.failsafe.function.CheckedSupplier;
import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.quota.PacingTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one engine's sessions: each with a deadline, reads with retries, changes with a look before any retry,
 * errors as {@link SessionException}s. Thread-safe.
 */
final class AgentEngineClient implements AutoCloseable {

    private static final int ATTEMPTS = 3;
    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);
    private static final double JITTER = 0.25;
    private static final int CLOSE_SECONDS = 5;

    /** How often one call is refused because there were too many, before that is told. */
    private static final int REFUSALS = 8;

    private final SessionServiceClient client;
    private final EngineName engine;
    private final String store;
    private final Duration timeout;
    private final PacingTime time;
    private final Pacing pacing;

    AgentEngineClient(
            SessionServiceClient client, EngineName engine, Duration timeout, PacingTime time, Pacing pacing) {
        this.client = client;
        this.engine = engine;
        this.store = "agentengine:" + engine;
        this.timeout = timeout;
        this.time = time;
        this.pacing = pacing;
    }

    /** The same connection for calls that wait for their turn; a refused one is made again. */
    AgentEngineClient paced(Pacing turns) {
        return new AgentEngineClient(client, engine, timeout, time, turns);
    }

    EngineName engine() {
        return engine;
    }

    String store() {
        return store;
    }

    /** When an operation that begins now has to be over. */
    Deadline deadline() {
        return Deadline.after(timeout, time);
    }

    /** Reads a session by its id in the engine. */
    Optional<Session> get(String engineId, Deadline deadline) {
        GetSessionRequest request =
                GetSessionRequest.newBuilder().setName(engine.session(engineId)).build();
        return read("GetSession", deadline, () -> {
            try {
                return Optional.of(call(CallKind.READ, client.getSessionCallable(), request, deadline));
            } catch (ApiException e) {
                if (Failures.isAbsentSession(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    ListSessionsResponse list(ListSessionsRequest.Builder request, Deadline deadline) {
        ListSessionsRequest built = request.setParent(engine.toString()).build();
        return read(
                "ListSessions", deadline, () -> call(CallKind.READ, client.listSessionsCallable(), built, deadline));
    }

    /** Reads a page of events; empty if the session is not there. */
    Optional<ListEventsResponse> events(ListEventsRequest request, Deadline deadline) {
        return read("ListEvents", deadline, () -> {
            try {
                return Optional.of(call(CallKind.READ, client.listEventsCallable(), request, deadline));
            } catch (ApiException e) {
                if (Failures.isAbsentSession(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** @throws ApiException as the service says; one attempt */
    Operation create(String engineId, Session session, Deadline deadline) {
        CreateSessionRequest request = CreateSessionRequest.newBuilder()
                .setParent(engine.toString())
                .setSessionId(engineId)
                .setSession(session)
                .build();
        return call(CallKind.SESSION_WRITE, client.createSessionCallable(), request, deadline);
    }

    /** @throws ApiException as the service says; one attempt */
    Session update(UpdateSessionRequest request, Deadline deadline) {
        return call(CallKind.SESSION_WRITE, client.updateSessionCallable(), request, deadline);
    }

    /** @throws ApiException as the service says; one attempt */
    Operation delete(String engineId, Deadline deadline) {
        DeleteSessionRequest request = DeleteSessionRequest.newBuilder()
                .setName(engine.session(engineId))
                .build();
        return call(CallKind.SESSION_WRITE, client.deleteSessionCallable(), request, deadline);
    }

    /** @throws ApiException as the service says; one attempt */
    AppendEventResponse append(String engineId, SessionEvent event, Deadline deadline) {
        AppendEventRequest request = AppendEventRequest.newBuilder()
                .setName(engine.session(engineId))
                .setEvent(event)
                .build();
        return call(CallKind.APPEND, client.appendEventCallable(), request, deadline);
    }

    /** @throws ApiException as the service says; one attempt */
    Operation operation(String name, Deadline deadline) {
        GetOperationRequest request =
                GetOperationRequest.newBuilder().setName(name).build();
        return call(CallKind.POLL, client.getOperationsClient().getOperationCallable(), request, deadline);
    }

    /**
     * Makes a change, looking before every retry whether it was made although it seemed to fail.
     *
     * @param repeatable whether making the change twice is the same as once, so that it may be tried again even while
     *     the first call may still be under way
     * @param attempt makes the change once
     * @param look tells whether the change was made, and its result
     * @throws ApiException if the service refused
     * @throws SessionException as {@link io.github.sessionferry.core.SessionService} says
     */
    <T> T change(
            String operation,
            SessionKey key,
            boolean repeatable,
            Deadline deadline,
            Supplier<T> attempt,
            Supplier<Optional<T>> look) {
        RetryPolicy<T> policy = AgentEngineClient.<T>retries(deadline)
                .handleIf(e -> e instanceof SessionException failure
                        && !Thread.currentThread().isInterrupted()
                        && !deadline.isOver()
                        && isWorthRetrying(failure.code(), repeatable))
                .build();
        return run(policy, operation, key, () -> {
            try {
                return attempt.get();
            } catch (ApiException e) {
                if (Failures.isRefusal(e)) {
                    throw e;
                }
                Optional<T> made = look(operation, key, look, e);
                if (made.isPresent()) {
                    return made.get();
                }
                throw Failures.mayStillHappen(e) ? ambiguous(operation, key, e) : failure(e, operation, key);
            } catch (InterruptedCallException e) {
                throw ambiguous(operation, key, e);
            }
        });
    }

    /** A call that was refused because there were too many is not repeated at once: that would spend more of the quota. */
    private static boolean isWorthRetrying(SessionErrorCode code, boolean repeatable) {
        return code == SessionErrorCode.UNAVAILABLE
                || code == SessionErrorCode.CONTENTION
                || (repeatable && code == SessionErrorCode.AMBIGUOUS);
    }

    private <T> Optional<T> look(String operation, SessionKey key, Supplier<Optional<T>> look, ApiException failure) {
        try {
            return look.get();
        } catch (SessionException e) {
            AmbiguousOutcomeException ambiguous = ambiguous(operation, key, failure);
            ambiguous.addSuppressed(e);
            throw ambiguous;
        }
    }

    SessionException failure(ApiException cause, String operation, @Nullable SessionKey key) {
        return Failures.of(cause, operation, store, key);
    }

    AmbiguousOutcomeException ambiguous(String operation, SessionKey key, @Nullable Throwable cause) {
        return new AmbiguousOutcomeException(
                operation + " at " + store + " may have been done or not; look, or do it again with the same ids",
                key,
                cause);
    }

    private <T> T read(String operation, Deadline deadline, CheckedSupplier<T> attempt) {
        RetryPolicy<T> policy = AgentEngineClient.<T>retries(deadline)
                .handleIf(e -> e instanceof ApiException api
                        && !deadline.isOver()
                        && !isRepeatedInTurn(api)
                        && failure(api, operation, null).retryable())
                .build();
        try {
            return run(policy, operation, null, attempt);
        } catch (ApiException e) {
            throw failure(e, operation, null);
        }
    }

    private <T> T run(RetryPolicy<T> policy, String operation, @Nullable SessionKey key, CheckedSupplier<T> attempt) {
        try {
            return Failsafe.with(this.<T>refusals(), policy).get(attempt);
        } catch (InterruptedCallException | FailsafeException e) {
            Thread.currentThread().interrupt();
            throw interrupted(operation, key, e);
        }
    }

    private SessionException interrupted(String operation, @Nullable SessionKey key, Throwable cause) {
        return key == null
                ? new SessionException(
                        SessionErrorCode.UNAVAILABLE, operation + " at " + store + " was interrupted", cause)
                : ambiguous(operation, key, cause);
    }

    private static <T> RetryPolicyBuilder<T> retries(Deadline deadline) {
        return RetryPolicy.<T>builder()
                .withMaxAttempts(ATTEMPTS)
                .withBackoff(FIRST_DELAY, LONGEST_DELAY)
                .withJitter(JITTER)
                .withDelayFn(context -> {
                    Throwable failure = context.getLastException();
                    Duration asked = failure == null ? null : Failures.retryAfter(failure);
                    return asked == null ? Duration.ofNanos(-1) : Collections.min(List.of(asked, deadline.remaining()));
                });
    }

    /** Makes a refused call again at once: it waits for its turn, which does not come before the service's wish is met. */
    private <T> RetryPolicy<T> refusals() {
        return RetryPolicy.<T>builder()
                .handleIf(this::isRepeatedInTurn)
                .withMaxAttempts(REFUSALS)
                .build();
    }

    private boolean isRepeatedInTurn(Throwable failure) {
        return pacing.isOn()
                && !Thread.currentThread().isInterrupted()
                && (failure instanceof ApiException api
                        ? Failures.isTooMany(api)
                        : failure instanceof SessionException session
                                && session.code() == SessionErrorCode.RATE_LIMITED);
    }

    private <Q, A> A call(CallKind kind, UnaryCallable<Q, A> method, Q request, Deadline deadline) {
        awaitTurn(kind, deadline);
        try {
            return call(method, request, deadline);
        } catch (ApiException e) {
            if (Failures.isTooMany(e)) {
                pacing.refused(kind, Failures.retryAfter(e));
            }
            throw e;
        }
    }

    private void awaitTurn(CallKind kind, Deadline deadline) {
        try {
            deadline.extend(pacing.await(kind));
        } catch (InterruptedException e) {
            throw new InterruptedCallException(e);
        }
    }

    private static <Q, A> A call(UnaryCallable<Q, A> method, Q request, Deadline deadline) {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedCallException(new InterruptedException("before the call"));
        }
        GrpcCallContext context = GrpcCallContext.createDefault().withTimeoutDuration(deadline.forOneCall());
        ApiFuture<A> answer = method.futureCall(request, context);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw new InterruptedCallException(e);
        } catch (ExecutionException e) {
            // The client's own listeners may meet the interruption, and take the status with it.
            if (e.getCause() instanceof InterruptedException interruption) {
                throw new InterruptedCallException(interruption);
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Lets go of the connection; calls under way fail. */
    @Override
    public void close() {
        client.shutdownNow();
        try {
            client.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread was interrupted while it waited for an answer. */
    private static final class InterruptedCallException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Sets the thread's status again. */
        InterruptedCallException(InterruptedException cause) {
            super(cause);
            Thread.currentThread().interrupt();
        }
    }
}
