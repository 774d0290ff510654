package io.github.sessionferry.testkit;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store whose calls meet the faults of {@link SessionFaults}, and work as those of another store otherwise.
 *
 * <p>Closing it ends its hanging calls and closes the other store. Thread-safe.
 *
 * @since 0.1
 */
public final class FaultySessionService implements SessionService {

    private final SessionService store;
    private final SessionFaults faults;
    private final AtomicBoolean closed;

    /**
     * Puts faults before a store.
     *
     * @param store the store
     * @param faults what its calls meet; may be shared with other services
     */
    public FaultySessionService(SessionService store, SessionFaults faults) {
        this(requireNonNull(store, "store"), requireNonNull(faults, "faults"), new AtomicBoolean());
    }

    private FaultySessionService(SessionService store, SessionFaults faults, AtomicBoolean closed) {
        this.store = store;
        this.faults = faults;
        this.closed = closed;
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
        Optional<SessionKey> key =
                request.sessionId().map(id -> new SessionKey(request.appName(), request.userId(), id));
        return call(SessionOperation.CREATE, key, () -> store.create(request));
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return call(SessionOperation.FIND, Optional.of(key), () -> store.find(key, events));
    }

    @Override
    public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
        return call(SessionOperation.FIND_ALL, Optional.empty(), () -> store.findAll(keys, events));
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        return call(SessionOperation.LIST, Optional.empty(), () -> store.list(query, cursor, limit));
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return call(SessionOperation.APPEND, Optional.of(key), () -> store.append(key, event));
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return call(SessionOperation.DELETE, Optional.of(key), () -> store.delete(key, precondition));
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return call(SessionOperation.SCAN_PARTITIONS, Optional.empty(), () -> store.scanPartitions(atMost));
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        return call(SessionOperation.SCAN, Optional.empty(), () -> store.scan(cursor, limit));
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return call(SessionOperation.STORE, Optional.of(session.key()), () -> store.store(session, precondition));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Every session meets a fault of its own; those that get through reach the store in one call.
     */
    @Override
    public List<StoreResult> storeAll(List<StoreRequest> requests) {
        @Nullable StoreResult[] results = new StoreResult[requests.size()];
        List<Integer> passed = new ArrayList<>();
        List<SessionFaults.Fault> met = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            SessionCall call = callOf(requests.get(i));
            SessionFaults.Fault fault = faults.meet(call);
            met.add(fault);
            try {
                fault.before(call, this::isClosed);
                passed.add(i);
            } catch (SessionException e) {
                results[i] = StoreResult.failed(requests.get(i).session().key(), e);
            }
        }
        List<StoreResult> answers =
                store.storeAll(passed.stream().map(requests::get).toList());
        for (int i = 0; i < answers.size(); i++) {
            int place = passed.get(i);
            results[place] = answered(callOf(requests.get(place)), met.get(place), answers.get(i));
        }
        return Arrays.stream(results).map(result -> requireNonNull(result)).toList();
    }

    private StoreResult answered(SessionCall call, SessionFaults.Fault fault, StoreResult answer) {
        if (answer.failure().isPresent()) {
            return answer;
        }
        try {
            fault.after(call, this::isClosed);
            return answer;
        } catch (SessionException e) {
            return StoreResult.failed(answer.key(), e);
        }
    }

    private static SessionCall callOf(StoreRequest request) {
        return new SessionCall(
                SessionOperation.STORE_ALL, Optional.of(request.session().key()));
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return call(SessionOperation.FIND_SHARED_STATE, Optional.empty(), () -> store.findSharedState(scope));
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return call(SessionOperation.STORE_SHARED_STATE, Optional.empty(), () -> store.storeSharedState(scope, values));
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return call(SessionOperation.SCAN_SHARED_SCOPES, Optional.empty(), () -> store.scanSharedScopes(cursor, limit));
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        return new FaultySessionService(store.forBulkWork(reserve), faults, closed);
    }

    @Override
    public List<CallQuota> quotas() {
        return store.quotas();
    }

    /** Asks the other store; meets no faults. */
    @Override
    public StoreRehearsal rehearse(Session session) {
        return store.rehearse(session);
    }

    /** Asks the other store; meets no faults. */
    @Override
    public int batchSize() {
        return store.batchSize();
    }

    /** Asks the other store; meets no faults. */
    @Override
    public OptionalLong estimatedSessions() {
        return store.estimatedSessions();
    }

    @Override
    public void close() {
        closed.set(true);
        faults.wakeHanging();
        store.close();
    }

    private <T> T call(SessionOperation operation, Optional<SessionKey> key, Supplier<T> action) {
        SessionCall call = new SessionCall(operation, key);
        SessionFaults.Fault fault = faults.meet(call);
        fault.before(call, this::isClosed);
        T answer = action.get();
        fault.after(call, this::isClosed);
        return answer;
    }

    private boolean isClosed() {
        return closed.get();
    }
}
