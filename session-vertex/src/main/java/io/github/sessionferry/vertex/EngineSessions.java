package io.github.sessionferry.vertex;

import com.google.api.gax.grpc.GrpcStatusCode;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.ApiExceptionFactory;
import com.google.cloud.aiplatform.v1.Session;
import com.google.longrunning.Operation;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds, creates and deletes the sessions of an engine by their keys: under which id a session is, whose it is, and how
 * an outcome that the service did not tell is found out. Nothing is kept in memory. Thread-safe.
 */
final class EngineSessions {

    private static final Duration FIRST_POLL = Duration.ofMillis(20);
    private static final Duration SLOWEST_POLL = Duration.ofMillis(500);
    private static final double POLL_FACTOR = 1.5;

    private final AgentEngineClient client;
    private final String defaultApp;
    private final InstantSource clock;

    EngineSessions(AgentEngineClient client, String defaultApp, InstantSource clock) {
        this.client = client;
        this.defaultApp = defaultApp;
        this.clock = clock;
    }

    String defaultApp() {
        return defaultApp;
    }

    /** Finds the session of a key, unless it has expired. */
    Optional<EngineSession> find(SessionKey key, Deadline deadline) {
        for (String engineId : EngineIds.candidates(key)) {
            Optional<EngineSession> mine = client.get(engineId, deadline).flatMap(resource -> ifOwnedBy(key, resource));
            if (mine.isPresent()) {
                return mine.filter(session -> !session.isExpired(clock.instant()));
            }
        }
        return Optional.empty();
    }

    /**
     * A session that stands after an attempt to create it.
     *
     * @param session the session
     * @param byUs whether this call created it; otherwise it was there before
     */
    record Creation(EngineSession session, boolean byUs) {}

    /**
     * Where the session of a key is, or can be.
     *
     * @param session the session
     * @param expired what stands of it at ids where it has expired
     * @param free the ids under which it may be created, once what has expired is deleted; none if it is there
     */
    record Place(Optional<EngineSession> session, List<EngineSession> expired, List<String> free) {}

    /** Looks at every id that the session of a key may have: one under a later id must not get a double under another. */
    Place locate(SessionKey key, Deadline deadline) {
        List<EngineSession> expired = new ArrayList<>();
        List<String> free = new ArrayList<>();
        for (String engineId : EngineIds.candidates(key)) {
            Optional<Session> resource = client.get(engineId, deadline);
            Optional<EngineSession> mine = resource.flatMap(some -> ifOwnedBy(key, some));
            if (mine.isPresent() && !mine.get().isExpired(clock.instant())) {
                return new Place(mine, List.of(), List.of());
            }
            mine.ifPresent(expired::add);
            if (resource.isEmpty() || mine.isPresent()) {
                free.add(engineId);
            }
        }
        return new Place(Optional.empty(), expired, free);
    }

    /**
     * Creates the session of a key, unless it exists.
     *
     * @param contents makes the session from the labels that it is to begin with
     */
    Creation create(SessionKey key, Function<SessionLabels, Session> contents, Deadline deadline) {
        Place place = locate(key, deadline);
        return place.session()
                .map(session -> new Creation(session, false))
                .orElseGet(() -> create(key, place, contents, deadline));
    }

    /** Creates the session of a key where it was not found. */
    Creation create(SessionKey key, Place place, Function<SessionLabels, Session> contents, Deadline deadline) {
        place.expired().forEach(expired -> delete(expired, deadline));
        for (String engineId : place.free()) {
            SessionLabels labels = SessionLabels.begin(key, engineId);
            Session created = createAt(engineId, contents.apply(labels), key, deadline);
            Optional<EngineSession> mine = ifOwnedBy(key, created);
            if (mine.isPresent()) {
                boolean byUs = String.valueOf(labels.nonce())
                        .equals(mine.get().labels().nonce());
                return new Creation(mine.get(), byUs);
            }
        }
        throw new SessionException(
                SessionErrorCode.INTERNAL,
                "every id for the session is taken by another user's in " + client.store(),
                key,
                null,
                null);
    }

    /** Deletes a session; returns whether it was there. */
    boolean delete(EngineSession session, Deadline deadline) {
        String engineId = session.engineId();
        try {
            return client.change(
                    "DeleteSession",
                    session.key(),
                    true,
                    deadline,
                    () -> {
                        Operation unused = client.delete(engineId, deadline);
                        return awaitGone(session, deadline);
                    },
                    () -> isGone(session, deadline) ? Optional.of(true) : Optional.empty());
        } catch (ApiException e) {
            if (Failures.isAbsentSession(e)) {
                return false;
            }
            throw client.failure(e, "DeleteSession", session.key());
        }
    }

    private boolean awaitGone(EngineSession session, Deadline deadline) {
        boolean gone = awaited(deadline, () -> isGone(session, deadline), false, session.key());
        if (!gone) {
            throw client.ambiguous("DeleteSession", session.key(), null);
        }
        return true;
    }

    private boolean isGone(EngineSession session, Deadline deadline) {
        return client.get(session.engineId(), deadline)
                .filter(still -> still.getCreateTime().equals(session.resource().getCreateTime()))
                .isEmpty();
    }

    /** Returns the session that has the id now, ours or another's. */
    private Session createAt(String engineId, Session session, SessionKey key, Deadline deadline) {
        String operation = "";
        try {
            operation = client.change(
                    "CreateSession",
                    key,
                    true,
                    deadline,
                    () -> client.create(engineId, session, deadline).getName(),
                    () -> client.get(engineId, deadline).map(Session::getName));
        } catch (ApiException e) {
            if (!Failures.isTakenId(e)) {
                throw client.failure(e, "CreateSession", key);
            }
        }
        String name = operation;
        Optional<Session> visible = awaited(deadline, () -> look(engineId, name, key, deadline), Optional.empty(), key);
        return visible.orElseThrow(() -> client.ambiguous("CreateSession", key, null));
    }

    private Optional<Session> look(String engineId, String operation, SessionKey key, Deadline deadline) {
        Optional<Session> session = client.get(engineId, deadline);
        if (session.isEmpty() && operation.contains("/operations/")) {
            checkOperation(operation, key, deadline);
        }
        return session;
    }

    /** Throws if the operation says that it failed; that it cannot be asked says nothing about the session. */
    private void checkOperation(String name, SessionKey key, Deadline deadline) {
        Operation operation;
        try {
            operation = client.operation(name, deadline);
        } catch (ApiException e) {
            return;
        }
        if (operation.getDone() && operation.hasError()) {
            ApiException failure = ApiExceptionFactory.createException(
                    new IllegalStateException(operation.getError().getMessage()),
                    GrpcStatusCode.of(
                            Status.fromCodeValue(operation.getError().getCode()).getCode()),
                    false);
            if (Failures.isRefusal(failure) && !Failures.isTakenId(failure)) {
                throw client.failure(failure, "CreateSession", key);
            }
        }
    }

    /** Asks again and again until the answer is another one than {@code notYet}, or the time is over. */
    private <T> T awaited(Deadline deadline, CheckedSupplier<T> question, T notYet, SessionKey key) {
        RetryPolicy<T> policy = RetryPolicy.<T>builder()
                .handleResultIf(answer -> answer.equals(notYet) && !deadline.isOver())
                .handleIf(e -> e instanceof SessionException failure
                        && failure.retryable()
                        && !deadline.isOver()
                        && !Thread.currentThread().isInterrupted())
                .withBackoff(FIRST_POLL, SLOWEST_POLL, POLL_FACTOR)
                .withMaxAttempts(-1)
                .build();
        try {
            return Failsafe.with(policy).get(question);
        } catch (FailsafeException e) {
            Thread.currentThread().interrupt();
            throw client.ambiguous("the change", key, e);
        } catch (SessionException e) {
            if (e.retryable() || e.code().fatal()) {
                throw client.ambiguous("the change", key, e);
            }
            throw e;
        }
    }

    private Optional<EngineSession> ifOwnedBy(SessionKey key, Session resource) {
        try {
            return Optional.of(EngineSession.read(resource, defaultApp))
                    .filter(session -> session.key().equals(key));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // somebody else's: ours are always understood
        }
    }
}
