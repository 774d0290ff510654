package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A view of a store: whatever a subclass does not change is done by the store.
 *
 * <p>Whole batches go through the view's own {@link #find} and {@link #store}, one after the other, and a
 * {@linkplain #forBulkWork view for bulk work} is the view itself, which keeps to no quota: so nothing passes by what a subclass
 * changes. Closing the view closes the store.
 *
 * <p>Thread-safe if the store is.
 *
 * @since 0.1
 */
public abstract class ForwardingSessionService implements SessionService {

    private final SessionService store;

    /**
     * Makes a view.
     *
     * @param store what does the work
     */
    protected ForwardingSessionService(SessionService store) {
        this.store = requireNonNull(store, "store");
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
    public StoreRehearsal rehearse(Session session) {
        return store.rehearse(session);
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
    public OptionalLong estimatedSessions() {
        return store.estimatedSessions();
    }

    @Override
    public void close() {
        store.close();
    }
}
