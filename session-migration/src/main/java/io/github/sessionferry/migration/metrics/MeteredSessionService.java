package io.github.sessionferry.migration.metrics;

import static java.util.Objects.requireNonNull;

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
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store whose calls are timed: the timer {@code session.store.calls}, by store, operation and outcome.
 *
 * <pre>{@code
 * SessionService source = new MeteredSessionService(SessionStores.open(address), "source", registry);
 * }</pre>
 *
 * <p>A time is that of the whole call as its caller sees it: with the store's own retries and, of a view
 * {@linkplain #forBulkWork for bulk work}, with the wait for the quota. No tag has an id of a session, a user or an
 * application.
 *
 * <p>What is not timed: {@link #name}, {@link #capabilities}, {@link #quotas} and {@link #rehearse}, which call nobody, and
 * {@link #close}.
 * Closing this closes the store. Thread-safe.
 *
 * @since 0.1
 */
public final class MeteredSessionService implements SessionService {

    private static final String OK = "ok";
    private static final String ABSENT = "absent";
    private static final String CONFLICT = "conflict";
    private static final String UNEXPECTED = "unexpected";

    private final SessionService store;
    private final String label;
    private final MeterRegistry registry;
    private final Meter.MeterProvider<Timer> timers;

    /**
     * Times the calls of a store.
     *
     * @param store the store
     * @param label the store in the tag {@code store}: one of few words, such as {@code source} and {@code target}
     * @param registry where the timers are
     */
    public MeteredSessionService(SessionService store, String label, MeterRegistry registry) {
        this.store = requireNonNull(store, "store");
        this.label = requireNonNull(label, "label");
        this.registry = requireNonNull(registry, "registry");
        timers = Timer.builder("session.store.calls")
                .description("Calls of a store as their caller sees them")
                .tag("store", label)
                .withRegistry(registry);
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return store.capabilities();
    }

    @Override
    public Session create(NewSession request) {
        return time("create", () -> store.create(request), created -> OK);
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return time("find", () -> store.find(key, events), found -> found.isPresent() ? OK : ABSENT);
    }

    @Override
    public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
        return time("find_all", () -> store.findAll(keys, events), found -> OK);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        return time("list", () -> store.list(query, cursor, limit), page -> OK);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return time("append", () -> store.append(key, event), outcome -> OK);
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return time("delete", () -> store.delete(key, precondition), outcome -> switch (outcome) {
            case DELETED -> OK;
            case ABSENT -> ABSENT;
            case CONFLICT -> CONFLICT;
        });
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return time("scan_partitions", () -> store.scanPartitions(atMost), partitions -> OK);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        return time("scan", () -> store.scan(cursor, limit), page -> OK);
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return time(
                "store",
                () -> store.store(session, precondition),
                outcome -> outcome.status() == StoreOutcome.Status.CONFLICT ? CONFLICT : OK);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Timed as one call, whose outcome is that of the first session that failed.
     */
    @Override
    public List<StoreResult> storeAll(List<StoreRequest> requests) {
        return time(
                "store_all",
                () -> store.storeAll(requests),
                results -> results.stream()
                        .flatMap(result -> result.failure().stream())
                        .findFirst()
                        .map(failure -> failure.code().name())
                        .orElse(OK));
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return time("find_shared_state", () -> store.findSharedState(scope), values -> OK);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return time("store_shared_state", () -> store.storeSharedState(scope, values), outcome -> OK);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return time("scan_shared_scopes", () -> store.scanSharedScopes(cursor, limit), page -> OK);
    }

    /** A view whose calls are timed as well, with the same label. */
    @Override
    public SessionService forBulkWork(double reserve) {
        return new MeteredSessionService(store.forBulkWork(reserve), label, registry);
    }

    @Override
    public List<CallQuota> quotas() {
        return store.quotas();
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        return store.rehearse(session);
    }

    @Override
    public int batchSize() {
        return store.batchSize();
    }

    @Override
    public OptionalLong estimatedSessions() {
        return time("estimate", store::estimatedSessions, number -> OK);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return "MeteredSessionService[" + label + ", " + store + "]";
    }

    private <T> T time(String operation, Supplier<T> call, Function<T, String> outcomeOf) {
        Timer.Sample sample = Timer.start(registry);
        String outcome = UNEXPECTED;
        try {
            T answer = call.get();
            outcome = outcomeOf.apply(answer);
            return answer;
        } catch (SessionException e) {
            outcome = e.code().name();
            throw e;
        } finally {
            sample.stop(timers.withTags("operation", operation, "outcome", outcome));
        }
    }
}
