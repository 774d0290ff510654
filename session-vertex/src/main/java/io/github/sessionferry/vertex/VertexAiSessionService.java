package io.github.sessionferry.vertex;

import static java.util.Objects.requireNonNull;

import com.google.cloud.aiplatform.v1.SessionServiceClient;
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
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.quota.PacingTime;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in Vertex AI Agent Engine.
 *
 * <p>A session keeps its id where the engine allows it and no other user's session has it; otherwise the engine holds it
 * under a derived id, and it is still found, listed and scanned under its own. Events carry their id and full form, and
 * the service's own fields as far as they go, so that other clients read them. Times are the session's own, not those at
 * which the engine was written.
 *
 * <p>An application may have an engine of its own, {@link Builder#mapApp}; all others are in one. Each session's
 * application is noted and comes back.
 *
 * <p>An engine shares {@code app:} state among all its sessions, whatever their application, and {@code user:} state
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

    private final EnginesByApp engines;
    private final Map<EngineName, EngineStore> stores;
    private final AgentEngineQuotas quotas;
    private final PacingTime pacingTime;
    private final Pacing pacing;
    private final AtomicBoolean closed;

    private VertexAiSessionService(
            EnginesByApp engines,
            Map<EngineName, EngineStore> stores,
            AgentEngineQuotas quotas,
            PacingTime pacingTime,
            Pacing pacing,
            AtomicBoolean closed) {
        this.engines = engines;
        this.stores = stores;
        this.quotas = quotas;
        this.pacingTime = pacingTime;
        this.pacing = pacing;
        this.closed = closed;
    }

    /**
     * Starts to configure a service for one reasoning engine, and more for the applications that have one of their own.
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
        return "agentengine:" + engines;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Session create(NewSession request) {
        return of(request.appName()).create(request);
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return of(requireNonNull(key, "key").appName()).find(key, events);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        checkLimit(limit, 1);
        return of(requireNonNull(query, "query").appName()).list(query, cursor, limit);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return of(requireNonNull(key, "key").appName()).append(key, event);
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return of(requireNonNull(key, "key").appName()).delete(key, precondition);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        checkOpen();
        checkLimit(atMost, 1);
        return stores.size() == 1 || stores.size() > atMost
                ? List.of(ScanCursor.START)
                : stores.keySet().stream()
                        .map(engine -> EngineCursor.beginning(List.of(engine)).toCursor())
                        .toList();
    }

    /** A scan of several engines from the start first makes sure that all of them are there. */
    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        checkOpen();
        checkLimit(limit, 1);
        if (stores.size() > 1 && cursor.equals(ScanCursor.START)) {
            stores.values().forEach(EngineStore::requireThere);
        }
        EngineCursor place = EngineCursor.of(cursor, stores.keySet());
        ScanPage page = in(place.engine()).scan(place.page(), limit);
        return new ScanPage(page.sessions(), page.unreadable(), page.passedOver(), place.after(page.next()));
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return of(session.key().appName()).store(session, precondition);
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        return of(session.key().appName()).rehearse(session);
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return of(requireNonNull(scope, "scope").appName()).findSharedState(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return of(requireNonNull(scope, "scope").appName()).storeSharedState(scope, values);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        checkOpen();
        checkLimit(limit, 2);
        EngineCursor place = EngineCursor.of(cursor, stores.keySet());
        SharedScopePage page = in(place.engine()).scanSharedScopes(place.page(), limit);
        return new SharedScopePage(page.scopes(), place.after(page.next()));
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        SessionService unpaced = SessionService.super.forBulkWork(reserve);
        if (quotas.equals(AgentEngineQuotas.none())) {
            return unpaced;
        }
        Pacing turns = Pacing.of(quotas, reserve, pacingTime);
        Map<EngineName, EngineStore> paced = new LinkedHashMap<>();
        stores.forEach((engine, store) -> paced.put(engine, store.paced(turns)));
        return new VertexAiSessionService(engines, paced, quotas, pacingTime, turns, closed);
    }

    @Override
    public List<CallQuota> quotas() {
        return pacing.quotas();
    }

    @Override
    public void close() {
        boolean isView = pacing.isOn();
        if (!isView && closed.compareAndSet(false, true)) {
            stores.values().forEach(EngineStore::close);
        }
    }

    private EngineStore of(String app) {
        checkOpen();
        return in(engines.of(app));
    }

    private EngineStore in(EngineName engine) {
        return requireNonNull(stores.get(engine), "engine");
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
        private final Map<String, EngineName> mapped = new HashMap<>();
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
         * Sets where the service listens, for all engines.
         *
         * @param endpoint host and port; {@code LOCATION-aiplatform.googleapis.com:443} of each engine by default
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
         * Sets the application of the engine's sessions of which none is noted, for another client created them.
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
         * Gives an application an engine of its own. An application that is not given one has its sessions in the engine
         * that the builder was begun with. Sessions of which no application is noted belong to the one that is mapped
         * to their engine, if it is one only, otherwise to the engine's id.
         *
         * @param app the application's name; not empty
         * @param engine {@code projects/P/locations/L/reasoningEngines/E}, or the id {@code E} of one in the same
         *     project and location
         * @return this builder
         * @throws IllegalArgumentException if the name is empty or mapped already, or there can be no such engine
         */
        public Builder mapApp(String app, String engine) {
            if (app.isEmpty()) {
                throw new IllegalArgumentException("the name of the application mapped to '" + engine + "' is empty");
            }
            if (mapped.putIfAbsent(app, this.engine.other(engine)) != null) {
                throw new IllegalArgumentException("the application '" + app + "' is mapped twice");
            }
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
         * Sets the quotas of the project and region, to which {@linkplain #forBulkWork views for bulk work} keep, with
         * the calls of all engines together. Live calls are not held back.
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
         * @throws IllegalStateException if sessions of which no application is noted would belong to one that is mapped
         *     to another engine
         * @throws SessionException {@link SessionErrorCode#UNAUTHENTICATED} if there are no credentials
         */
        public VertexAiSessionService build() {
            EnginesByApp engines = new EnginesByApp(engine, defaultApp, mapped);
            Map<String, SessionServiceClient> connections = new HashMap<>();
            Map<EngineName, EngineStore> stores = new LinkedHashMap<>();
            for (EngineName each : engines.all()) {
                String address = endpoint == null ? each.defaultEndpoint() : endpoint;
                SessionServiceClient connection =
                        connections.computeIfAbsent(address, unopened -> Connection.open(unopened, plaintext));
                AgentEngineClient client = new AgentEngineClient(connection, each, timeout, pacingTime, Pacing.none());
                stores.put(each, new EngineStore(client, engines, clock));
            }
            return new VertexAiSessionService(
                    engines, stores, quotas(), pacingTime, Pacing.none(), new AtomicBoolean());
        }
    }
}
