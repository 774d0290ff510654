package io.github.sessionferry.testkit.contract;

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
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A store that does what another does; bulk forms go through the single ones. */
class ForwardingSessionService implements SessionService {

    private final SessionService store;

    ForwardingSessionService(SessionService store) {
        this.store = store;
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
        return store.create(request);
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return store.find(key, events);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        return store.list(query, cursor, limit);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return store.append(key, event);
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return store.delete(key, precondition);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return store.scanPartitions(atMost);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        return store.scan(cursor, limit);
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return store.store(session, precondition);
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return store.findSharedState(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return store.storeSharedState(scope, values);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return store.scanSharedScopes(cursor, limit);
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        return store.forBulkWork(reserve);
    }

    @Override
    public List<CallQuota> quotas() {
        return store.quotas();
    }

    @Override
    public int batchSize() {
        return store.batchSize();
    }

    @Override
    public OptionalLong estimatedSessions() {
        return store.estimatedSessions();
    }

    @Override
    public void close() {
        store.close();
    }
}
