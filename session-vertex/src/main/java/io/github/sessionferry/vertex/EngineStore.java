package io.github.sessionferry.vertex;

import static java.util.Objects.requireNonNull;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.protobuf.Struct;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.vertex.EngineSessions.Creation;
import io.github.sessionferry.vertex.EventLog.AbsentSessionException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sessions of one reasoning engine. Thread-safe. */
final class EngineStore {

    private static final int LARGEST_PAGE = 100;
    private static final String OLDEST_FIRST = "create_time";

    private final AgentEngineClient client;
    private final EnginesByApp engines;
    private final InstantSource clock;
    private final KeyLocks<SessionKey> sessionLocks;
    private final KeyLocks<SharedScope> scopeLocks;
    private final EngineSessions sessions;
    private final EventLog log;
    private final Importer importer;
    private final SharedStateAccess sharedState;

    EngineStore(AgentEngineClient client, EnginesByApp engines, InstantSource clock) {
        this(client, engines, clock, new KeyLocks<>(), new KeyLocks<>());
    }

    private EngineStore(
            AgentEngineClient client,
            EnginesByApp engines,
            InstantSource clock,
            KeyLocks<SessionKey> sessionLocks,
            KeyLocks<SharedScope> scopeLocks) {
        this.client = client;
        this.engines = engines;
        this.clock = clock;
        this.sessionLocks = sessionLocks;
        this.scopeLocks = scopeLocks;
        sessions = new EngineSessions(client, engines.unnotedApp(client.engine()), clock);
        log = new EventLog(client);
        importer = new Importer(client, sessions, log, clock);
        sharedState = new SharedStateAccess(client, sessions, clock);
    }

    /** The same engine, by calls that wait for their turn. */
    EngineStore paced(Pacing pacing) {
        return new EngineStore(client.paced(pacing), engines, clock, sessionLocks, scopeLocks);
    }

    Session create(NewSession request) {
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        Instant now = StateValues.toMicros(clock.instant());
        return changing(key, () -> {
            Struct state = valid(key, () -> {
                Keys.check(key);
                return StructValues.struct(StateCodec.encode(request.state(), new Encodings()));
            });
            Creation creation = valid(
                    key,
                    () -> sessions.create(
                            key,
                            labels -> resource(
                                    request,
                                    labels.withTimes(
                                            now, now, request.expireTime().orElse(null)),
                                    state),
                            client.deadline()));
            if (!creation.byUs()) {
                throw new SessionAlreadyExistsException(key, client.store(), null);
            }
            return session(creation.session(), List.of(), creation.session().updateTime(), true);
        });
    }

    private com.google.cloud.aiplatform.v1.Session resource(NewSession request, SessionLabels labels, Struct state) {
        com.google.cloud.aiplatform.v1.Session.Builder resource = com.google.cloud.aiplatform.v1.Session.newBuilder()
                .setUserId(request.userId())
                .setSessionState(state)
                .putAllLabels(labels.write(Map.of()));
        Expiry.put(labels.expireTime(), clock.instant(), resource);
        return resource.build();
    }

    Optional<Session> find(SessionKey key, EventSelection events) {
        requireNonNull(events, "events");
        if (!Keys.isUser(key.userId())) {
            return Optional.empty();
        }
        return sessions.find(key, client.deadline()).flatMap(session -> withEvents(session, events));
    }

    /** Reads the events after the session itself: a revision never stands for events that were not read. */
    private Optional<Session> withEvents(EngineSession session, EventSelection selection) {
        try {
            List<SessionEvent> events = log.read(session.engineId(), selection);
            boolean whole = selection.equals(EventSelection.all());
            Optional<Instant> newest = session.labels().updateTime() == null
                    ? Optional.empty()
                    : whole ? last(events) : log.newest(session.engineId());
            SessionLabels.PromisedEvent promised = session.labels().lastEvent();
            boolean complete = promised == null
                    || events.stream().anyMatch(promised::is)
                    || (!whole && log.contains(session.engineId(), promised));
            // An imported session may be older than its events; only what came after them makes it newer.
            Instant updateTime = newest.filter(session.updateTime()::isBefore)
                    .filter(time -> promised == null || time.isAfter(promised.time()))
                    .orElse(session.updateTime());
            return Optional.of(session(session, events, updateTime, complete));
        } catch (AbsentSessionException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    "the session in " + client.store() + " cannot be read: " + e.getMessage(),
                    session.key(),
                    null,
                    e);
        }
    }

    private static Optional<Instant> last(List<SessionEvent> events) {
        return events.isEmpty()
                ? Optional.empty()
                : Optional.of(events.get(events.size() - 1).timestamp());
    }

    private static Session session(
            EngineSession session, List<SessionEvent> events, Instant updateTime, boolean complete) {
        return Session.builder(session.key(), updateTime)
                .state(session.state())
                .events(events)
                .createTime(session.createTime())
                .expireTime(session.labels().expireTime())
                .revision(session.revision())
                .complete(complete)
                .fields(session.fields())
                .build();
    }

    SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        if (!query.userId().map(Keys::isUser).orElse(true)) {
            return new SessionPage(List.of(), Optional.empty());
        }
        Page page = page(query.userId().map(Filters::user).orElse(""), cursor, limit);
        return new SessionPage(
                page.visible(clock.instant()).stream()
                        .filter(session -> query.matches(session.key()))
                        .toList(),
                page.next());
    }

    AppendOutcome append(SessionKey key, SessionEvent event) {
        requireNonNull(event, "event");
        return changing(key, () -> {
            com.google.cloud.aiplatform.v1.SessionEvent converted = valid(key, () -> NativeEvents.ofNew(event));
            EngineSession session = existing(key);
            try {
                if (log.contains(session.engineId(), event)) {
                    return AppendOutcome.ALREADY_PRESENT;
                }
                new Append(client, log).run(key, session.engineId(), event, converted, client.deadline());
                return AppendOutcome.APPENDED;
            } catch (AbsentSessionException e) {
                throw new SessionNotFoundException(key, client.store(), e);
            } catch (ApiException e) {
                throw Failures.isAbsentSession(e)
                        ? new SessionNotFoundException(key, client.store(), e)
                        : client.failure(e, "AppendEvent", key);
            }
        });
    }

    private EngineSession existing(SessionKey key) {
        return Optional.of(key)
                .filter(some -> Keys.isUser(some.userId()))
                .flatMap(some -> sessions.find(some, client.deadline()))
                .orElseThrow(() -> new SessionNotFoundException(key, client.store(), null));
    }

    DeleteOutcome delete(SessionKey key, Precondition precondition) {
        requireNonNull(precondition, "precondition");
        return changing(key, () -> {
            Deadline deadline = client.deadline();
            Optional<EngineSession> session =
                    Keys.isUser(key.userId()) ? sessions.find(key, deadline) : Optional.empty();
            if (session.isEmpty()) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(session.get().revision())) {
                return DeleteOutcome.CONFLICT;
            }
            return sessions.delete(session.get(), deadline) ? DeleteOutcome.DELETED : DeleteOutcome.ABSENT;
        });
    }

    ScanPage scan(ScanCursor cursor, int limit) {
        Page page = page("", cursor, limit);
        return new ScanPage(page.visible(clock.instant()), page.unreadable(), page.next());
    }

    /**
     * A page of the engine's sessions.
     *
     * @param sessions those that could be read, scratch sessions included
     * @param unreadable those that could not
     * @param next where the next page begins
     */
    private record Page(List<EngineSession> sessions, List<UnreadableRecord> unreadable, Optional<ScanCursor> next) {

        List<SessionSummary> visible(Instant now) {
            return sessions.stream()
                    .filter(session -> !session.labels().scratch() && !session.isExpired(now))
                    .map(EngineSession::summary)
                    .toList();
        }
    }

    private Page page(String filter, ScanCursor cursor, int limit) {
        ListSessionsResponse page = client.list(
                ListSessionsRequest.newBuilder()
                        .setFilter(filter)
                        .setOrderBy(OLDEST_FIRST)
                        .setPageSize(Math.min(limit, LARGEST_PAGE))
                        .setPageToken(cursor.token()),
                client.deadline());
        List<EngineSession> read = new ArrayList<>();
        List<UnreadableRecord> unreadable = new ArrayList<>();
        for (com.google.cloud.aiplatform.v1.Session resource : page.getSessionsList()) {
            try {
                read.add(read(resource));
            } catch (IllegalArgumentException e) {
                unreadable.add(new UnreadableRecord(resource.getName(), String.valueOf(e.getMessage())));
            }
        }
        return new Page(
                read,
                unreadable,
                Optional.of(page.getNextPageToken())
                        .filter(token -> !token.isEmpty())
                        .map(ScanCursor::new));
    }

    /** @throws IllegalArgumentException if the session cannot be understood, or would not be looked for in this engine */
    private EngineSession read(com.google.cloud.aiplatform.v1.Session resource) {
        EngineSession session = EngineSession.read(resource, sessions.defaultApp());
        EngineName home = engines.of(session.key().appName());
        if (!home.equals(client.engine()) && !session.labels().scratch()) {
            throw new IllegalArgumentException("sessions of its application are looked for in " + home
                    + " only; move it there from this engine alone, or delete it");
        }
        return session;
    }

    StoreOutcome store(Session session, Precondition precondition) {
        requireNonNull(precondition, "precondition");
        return changing(session.key(), () -> {
            try {
                return valid(session.key(), () -> importer.store(session, precondition));
            } catch (AbsentSessionException e) {
                throw new SessionException(
                        SessionErrorCode.CONTENTION,
                        "the session was deleted from " + client.store() + " while it was being stored; look again",
                        session.key(),
                        null,
                        e);
            }
        });
    }

    StoreRehearsal rehearse(Session session) {
        return valid(session.key(), () -> importer.rehearse(session));
    }

    Map<String, SharedValue> findSharedState(SharedScope scope) {
        return sharedState.find(scope);
    }

    SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        requireNonNull(values, "values");
        return scopeLocks.locked(
                scope,
                client.deadline().remaining(),
                () -> contention(null),
                () -> valid(null, () -> sharedState.store(scope, values)));
    }

    SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        Page page = page("", cursor, limit / 2);
        Set<SharedScope> scopes = new LinkedHashSet<>();
        page.sessions().forEach(session -> scopes.addAll(SharedStateAccess.scopesOf(session)));
        return new SharedScopePage(List.copyOf(scopes), page.next());
    }

    private <T> T changing(SessionKey key, Supplier<T> change) {
        return sessionLocks.locked(key, client.deadline().remaining(), () -> contention(key), change);
    }

    private SessionException contention(@Nullable SessionKey key) {
        return new SessionException(
                Thread.currentThread().isInterrupted() ? SessionErrorCode.UNAVAILABLE : SessionErrorCode.CONTENTION,
                "other calls in this process took too long to change the same in " + client.store() + "; try again",
                key,
                null,
                null);
    }

    private <T> T valid(@Nullable SessionKey key, Supplier<T> conversion) {
        try {
            return conversion.get();
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "the session cannot be kept in " + client.store() + ": " + e.getMessage(),
                    key,
                    null,
                    e);
        }
    }

    /** @throws SessionException if the engine does not answer, or there is none of this name */
    void requireThere() {
        ListSessionsResponse unused =
                client.list(ListSessionsRequest.newBuilder().setPageSize(1), client.deadline());
    }

    /** Lets go of the connection. */
    void close() {
        client.close();
    }
}
