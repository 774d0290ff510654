package io.github.sessionferry.vertex;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.AppendEventResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.protobuf.util.Durations;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reaches the state that the sessions of an engine share. The service has no call for it: every session shows it, and an
 * event's delta sets it. Reads look through any session of the scope; writes append to a scratch session, so that no
 * real one is touched, and remove it afterwards unless it is the only one that shows the state. Thread-safe.
 */
final class SharedStateAccess {

    private static final int ATTEMPTS = 3;
    private static final int PAGE = 10;
    private static final long SCRATCH_HOURS = 25;
    private static final String SCRATCH_ID = "Session Ferry: shared state";

    /** The user of scratch sessions for the state of a whole application. */
    private static final String NOBODY = "session-ferry";

    private final AgentEngineClient client;
    private final EngineSessions sessions;
    private final InstantSource clock;

    SharedStateAccess(AgentEngineClient client, EngineSessions sessions, InstantSource clock) {
        this.client = client;
        this.sessions = sessions;
        this.clock = clock;
    }

    /** Which scopes a session belongs to; scratch sessions of an application belong to no real user. */
    static List<SharedScope> scopesOf(EngineSession session) {
        boolean ofNobody = session.labels().scratch() && session.key().userId().equals(NOBODY);
        return ofNobody
                ? List.of(session.key().appScope())
                : List.of(session.key().appScope(), session.key().userScope());
    }

    Map<String, SharedValue> find(SharedScope scope) {
        Map<String, SharedValue> found = new LinkedHashMap<>();
        window(scope, client.deadline())
                .ifPresent(session ->
                        values(session, scope).forEach((key, value) -> found.put(key, SharedValue.of(value, null))));
        return found;
    }

    /** @throws IllegalArgumentException before anything is changed, if the service cannot hold a value */
    SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> wanted) {
        scope.userId().ifPresent(Keys::checkUser);
        for (int i = 0; i < ATTEMPTS; i++) {
            Deadline deadline = client.deadline();
            Optional<Session> window = window(scope, deadline);
            if (window.isPresent() && due(values(window.get(), scope), wanted).isEmpty()) {
                return outcome(values(window.get(), scope), wanted, Set.of());
            }
            Optional<SharedStateOutcome> outcome = write(scope, wanted, isReal(window), deadline);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "others changed the shared state of " + client.store() + " at the same time; try again");
    }

    /** Any session that shows the scope's state. */
    private Optional<Session> window(SharedScope scope, Deadline deadline) {
        if (!scope.userId().map(Keys::isUser).orElse(true)) {
            return Optional.empty();
        }
        ListSessionsRequest.Builder request = ListSessionsRequest.newBuilder().setPageSize(PAGE);
        scope.userId().ifPresent(user -> request.setFilter(Filters.user(user)));
        do {
            ListSessionsResponse page = client.list(request, deadline);
            for (Session session : page.getSessionsList()) {
                if (scope.userId().map(session.getUserId()::equals).orElse(true)) {
                    return Optional.of(session);
                }
            }
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
        return Optional.empty();
    }

    private boolean isReal(Optional<Session> window) {
        return window.isPresent() && !SessionLabels.read(window.get()).scratch();
    }

    /** Writes the values that are due; empty if the scratch session went away meanwhile. */
    private Optional<SharedStateOutcome> write(
            SharedScope scope, Map<String, SharedValue> wanted, boolean removeScratch, Deadline deadline) {
        EngineSession scratch = sessions.create(scratchKey(scope), labels -> scratch(scope, labels), deadline)
                .session();
        Map<String, SharedValue> due = due(values(scratch.resource(), scope), wanted);
        if (!due.isEmpty() && !append(scratch, scope, due, deadline)) {
            return Optional.empty();
        }
        Optional<Session> after = client.get(scratch.engineId(), deadline);
        if (removeScratch) {
            boolean unused = sessions.delete(scratch, deadline);
        }
        return after.map(session -> outcome(values(session, scope), wanted, due.keySet()));
    }

    private boolean append(EngineSession scratch, SharedScope scope, Map<String, SharedValue> due, Deadline deadline) {
        Map<String, @Nullable Object> delta = new LinkedHashMap<>();
        due.forEach((key, value) -> delta.put(key, value.value()));
        SessionEvent event = SessionEvent.builder(UUID.randomUUID().toString(), NOBODY, clock.instant())
                .stateDelta(scope.stateScope().qualify(delta))
                .build();
        try {
            AppendEventResponse unused = client.change(
                    "AppendEvent",
                    scratch.key(),
                    false,
                    deadline,
                    () -> client.append(scratch.engineId(), NativeEvents.ofNew(event), deadline),
                    () -> client.get(scratch.engineId(), deadline)
                            .filter(session -> due(values(session, scope), due).isEmpty())
                            .map(session -> AppendEventResponse.getDefaultInstance()));
            return true;
        } catch (ApiException e) {
            if (Failures.isAbsentSession(e)) {
                return false;
            }
            throw client.failure(e, "AppendEvent", scratch.key());
        }
    }

    private static SessionKey scratchKey(SharedScope scope) {
        return new SessionKey(scope.appName(), scope.userId().orElse(NOBODY), SCRATCH_ID);
    }

    private static Session scratch(SharedScope scope, SessionLabels labels) {
        return Session.newBuilder()
                .setUserId(scratchKey(scope).userId())
                .setTtl(Durations.fromHours(SCRATCH_HOURS))
                .putAllLabels(labels.asScratch().write(Map.of()))
                .build();
    }

    private static Map<String, @Nullable Object> values(Session session, SharedScope scope) {
        return scope.stateScope().select(StateCodec.decodeState(session.getSessionState()));
    }

    /** The values to be written: those of absent keys, and of others those that replace what differs. */
    private static Map<String, SharedValue> due(Map<String, @Nullable Object> held, Map<String, SharedValue> wanted) {
        Map<String, SharedValue> due = new LinkedHashMap<>(wanted);
        due.entrySet()
                .removeIf(entry -> holds(held, entry.getKey(), entry.getValue())
                        || (held.containsKey(entry.getKey())
                                && !entry.getValue().replaces()));
        return due;
    }

    private static boolean holds(Map<String, @Nullable Object> held, String key, SharedValue value) {
        return value.isRemoval()
                ? !held.containsKey(key)
                : held.containsKey(key) && Objects.equals(held.get(key), value.value());
    }

    private static SharedStateOutcome outcome(
            Map<String, @Nullable Object> held, Map<String, SharedValue> wanted, Set<String> appended) {
        List<String> written = new ArrayList<>();
        List<String> unchanged = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        wanted.forEach((key, value) -> {
            boolean stands = value.replaces() || holds(held, key, value);
            (!stands ? kept : appended.contains(key) ? written : unchanged).add(key);
        });
        return new SharedStateOutcome(written, unchanged, kept);
    }
}
