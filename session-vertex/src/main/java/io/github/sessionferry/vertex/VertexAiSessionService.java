package io.github.sessionferry.vertex;

import static java.util.Objects.requireNonNull;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.protobuf.Struct;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Capability;
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
import io.github.sessionferry.core.SessionService;
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
import io.github.sessionferry.core.quota.PacingTime;
import io.github.sessionferry.vertex.EngineSessions.Creation;
import io.github.sessionferry.vertex.EventLog.AbsentSessionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in Vertex AI Agent Engine.
 *
 * <p>A session keeps its id where the engine allows it and no other user's session has it; otherwise the engine holds it
 * under a derived id, and it is still found, listed and scanned under its own. Events carry their id and full form, and
 * the service's own fields as far as they go, so that other clients read them. Times are the session's own, not those at
 * which the engine was written.
 *
 * <p>The engine shares {@code app:} state among all its sessions, whatever their application, and {@code user:} state
 * among all of a user. That state outlives every session and can only be seen through one: where a scope has no session,
 * {@link #findSharedState} finds nothing. {@link #storeSharedState} writes what is absent and keeps what is there, for
 * nobody knows how old it is, unless a value is given as one that replaces.
 *
 * <p>Calls in one process that change the same session wait for each other. Between processes the creation of a session
 * is the claim; of two appends of one event at the same time both may be kept, and are read as one.
 *
 * <p>An expiry sooner than the service's minimum of 24 hours is kept to the minute by this class, and for other clients
 * at the minimum. Without one the service's own rule applies, 365 days, and is not told as the session's expiry.
 *
 * <p>{@link SessionService#close} ends the connection, also of the views for bulk work. Thread-safe.
 *
 * @since 0.1
 */
public final class VertexAiSessionService implements SessionService {

    private static final Set<Capability> CAPABILITIES =
            Set.of(Capability.WRITE, Capability.EVENTS, Capability.SHARED_STATE, Capability.EXPIRY);
    private static final int LARGEST_PAGE = 100;
    private static final String OLDEST_FIRST = "create_time";

    private final AgentEngineClient client;
    private final EngineSessions sessions;
    private final EventLog log;
    private final Importer importer;
    private final SharedStateAccess sharedState;
    private final InstantSource clock;
    private final AgentEngineQuotas quotas;
    private final boolean isView;
    private final KeyLocks<SessionKey> sessionLocks;
    private final KeyLocks<SharedScope> scopeLocks;
    private final AtomicBoolean closed;

    private VertexAiSessionService(Builder builder) {
        this(
                new AgentEngineClient(
                        Connection.open(
                                builder.endpoint == null ? builder.engine.defaultEndpoint() : builder.endpoint,
                                builder.plaintext),
                        builder.engine,
                        builder.timeout,
                        builder.pacingTime,
                        Pacing.none()),
                builder.defaultApp == null ? builder.engine.engine() : builder.defaultApp,
                builder.clock,
                builder.quotas(),
                false,
                new KeyLocks<>(),
                new KeyLocks<>(),
                new AtomicBoolean());
    }

    private VertexAiSessionService(
            AgentEngineClient client,
            String defaultApp,
            InstantSource clock,
            AgentEngineQuotas quotas,
            boolean isView,
            KeyLocks<SessionKey> sessionLocks,
            KeyLocks<SharedScope> scopeLocks,
            AtomicBoolean closed) {
        this.client = client;
        this.clock = clock;
        this.quotas = quotas;
        this.isView = isView;
        this.sessionLocks = sessionLocks;
        this.scopeLocks = scopeLocks;
        this.closed = closed;
        sessions = new EngineSessions(client, defaultApp, clock);
        log = new EventLog(client);
        importer = new Importer(client, sessions, log, clock);
        sharedState = new SharedStateAccess(client, sessions, clock);
    }

    /**
     * Starts to configure a service for one reasoning engine.
     *
     * @param engine {@code projects/P/locations/L/reasoningEngines/E}
     * @return a builder with the defaults
     * @throws IllegalArgumentException if that is no such name
     */
    public static Builder builder(String engine) {
        return new Builder(EngineName.parse(engine));
    }

    @Override
    public String name() {
        return client.store();
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Session create(NewSession request) {
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
                throw new SessionAlreadyExistsException(key, name(), null);
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

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireNonNull(key, "key");
        requireNonNull(events, "events");
        checkOpen();
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
            Instant updateTime = newest.filter(session.updateTime()::isBefore).orElse(session.updateTime());
            return Optional.of(session(session, events, updateTime, complete));
        } catch (AbsentSessionException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    "the session in " + name() + " cannot be read: " + e.getMessage(),
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

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireNonNull(query, "query");
        checkOpen();
        if (!query.userId().map(Keys::isUser).orElse(true)) {
            checkLimit(limit, 1);
            return new SessionPage(List.of(), Optional.empty());
        }
        Page page = page(query.userId().map(Filters::user).orElse(""), cursor, limit);
        return new SessionPage(
                page.visible(clock.instant()).stream()
                        .filter(session -> query.matches(session.key()))
                        .toList(),
                page.next());
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
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
                throw new SessionNotFoundException(key, name(), e);
            } catch (ApiException e) {
                throw Failures.isAbsentSession(e)
                        ? new SessionNotFoundException(key, name(), e)
                        : client.failure(e, "AppendEvent", key);
            }
        });
    }

    private EngineSession existing(SessionKey key) {
        return Optional.of(key)
                .filter(some -> Keys.isUser(some.userId()))
                .flatMap(some -> sessions.find(some, client.deadline()))
                .orElseThrow(() -> new SessionNotFoundException(key, name(), null));
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
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

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        checkOpen();
        checkLimit(atMost, 1);
        return List.of(ScanCursor.START);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        checkOpen();
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
        checkLimit(limit, 1);
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
                read.add(EngineSession.read(resource, sessions.defaultApp()));
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

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        requireNonNull(precondition, "precondition");
        return changing(session.key(), () -> {
            try {
                return valid(session.key(), () -> importer.store(session, precondition));
            } catch (AbsentSessionException e) {
                throw new SessionException(
                        SessionErrorCode.CONTENTION,
                        "the session was deleted from " + name() + " while it was being stored; look again",
                        session.key(),
                        null,
                        e);
            }
        });
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        return valid(session.key(), () -> importer.rehearse(session));
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireNonNull(scope, "scope");
        checkOpen();
        return sharedState.find(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        requireNonNull(values, "values");
        checkOpen();
        return scopeLocks.locked(
                requireNonNull(scope, "scope"),
                client.deadline().remaining(),
                () -> contention(null),
                () -> valid(null, () -> sharedState.store(scope, values)));
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        checkOpen();
        checkLimit(limit, 2);
        Page page = page("", cursor, limit / 2);
        Set<SharedScope> scopes = new LinkedHashSet<>();
        page.sessions().forEach(session -> scopes.addAll(SharedStateAccess.scopesOf(session)));
        return new SharedScopePage(List.copyOf(scopes), page.next());
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        SessionService unpaced = SessionService.super.forBulkWork(reserve);
        return quotas.equals(AgentEngineQuotas.none())
                ? unpaced
                : new VertexAiSessionService(
                        client.paced(quotas, reserve),
                        sessions.defaultApp(),
                        clock,
                        quotas,
                        true,
                        sessionLocks,
                        scopeLocks,
                        closed);
    }

    @Override
    public List<CallQuota> quotas() {
        return client.quotas();
    }

    @Override
    public void close() {
        if (!isView && closed.compareAndSet(false, true)) {
            client.close();
        }
    }

    private <T> T changing(SessionKey key, Supplier<T> change) {
        checkOpen();
        return sessionLocks.locked(
                requireNonNull(key, "key"), client.deadline().remaining(), () -> contention(key), change);
    }

    private SessionException contention(@Nullable SessionKey key) {
        return new SessionException(
                Thread.currentThread().isInterrupted() ? SessionErrorCode.UNAVAILABLE : SessionErrorCode.CONTENTION,
                "other calls in this process took too long to change the same in " + name() + "; try again",
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
                    "the session cannot be kept in " + name() + ": " + e.getMessage(),
                    key,
                    null,
                    e);
        }
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new SessionException(SessionErrorCode.CLOSED, name() + " was closed");
        }
    }

    private static void checkLimit(int limit, int least) {
        if (limit < least) {
            throw new IllegalArgumentException("limit is " + limit + "; it must be at least " + least);
        }
    }

    /**
     * Configures a service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final EngineName engine;
        private @Nullable String endpoint;
        private @Nullable String defaultApp;
        private boolean plaintext;
        private Duration timeout = Duration.ofSeconds(10);
        private InstantSource clock = Clock.systemUTC();
        private @Nullable AgentEngineQuotas quotas;
        private PacingTime pacingTime = PacingTime.system();

        private Builder(EngineName engine) {
            this.engine = engine;
        }

        /**
         * Sets where the service listens.
         *
         * @param endpoint host and port; {@code LOCATION-aiplatform.googleapis.com:443} by default
         * @return this builder
         */
        public Builder endpoint(String endpoint) {
            this.endpoint = requireNonNull(endpoint, "endpoint");
            return this;
        }

        /**
         * Speaks without encryption and without credentials, as to an emulator. Otherwise calls are encrypted and carry
         * Application Default Credentials.
         *
         * @param plaintext true for an emulator
         * @return this builder
         */
        public Builder plaintext(boolean plaintext) {
            this.plaintext = plaintext;
            return this;
        }

        /**
         * Sets how long an operation may take. Where one reads or writes many pages or events, each may take so long.
         *
         * @param timeout the time; more than zero, 10 s by default
         * @return this builder
         * @throws IllegalArgumentException if not more than zero
         */
        public Builder timeout(Duration timeout) {
            if (timeout.compareTo(Duration.ZERO) <= 0) {
                throw new IllegalArgumentException("timeout is " + timeout + "; it must be more than zero");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets the application that sessions without a label of ours belong to; sessions of another application get
         * such a label.
         *
         * @param defaultApp the application's name; not empty, the engine's id by default
         * @return this builder
         * @throws IllegalArgumentException if the name is empty
         */
        public Builder defaultApp(String defaultApp) {
            if (defaultApp.isEmpty()) {
                throw new IllegalArgumentException("defaultApp is empty");
            }
            this.defaultApp = defaultApp;
            return this;
        }

        /**
         * Sets where the times of new sessions come from, and by which clock sessions expire.
         *
         * @param clock the clock; the system's by default
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets the quotas of the project and region, to which {@linkplain #forBulkWork views for bulk work} keep. Live
         * calls are not held back.
         *
         * @param quotas the quotas; {@link AgentEngineQuotas#published()} by default, {@link AgentEngineQuotas#none()}
         *     without encryption, as at an emulator
         * @return this builder
         */
        public Builder quotas(AgentEngineQuotas quotas) {
            this.quotas = requireNonNull(quotas, "quotas");
            return this;
        }

        AgentEngineQuotas quotas() {
            if (quotas != null) {
                return quotas;
            }
            return plaintext ? AgentEngineQuotas.none() : AgentEngineQuotas.published();
        }

        Builder pacingTime(PacingTime time) {
            pacingTime = time;
            return this;
        }

        /**
         * Opens the service; nothing is called yet.
         *
         * @return the service, to be closed by the caller
         * @throws SessionException {@link SessionErrorCode#UNAUTHENTICATED} if there are no credentials
         */
        public VertexAiSessionService build() {
            return new VertexAiSessionService(this);
        }
    }
}
