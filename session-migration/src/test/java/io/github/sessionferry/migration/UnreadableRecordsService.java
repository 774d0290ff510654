package io.github.sessionferry.migration;

import io.github.sessionferry.core.AppendOutcome;
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
import io.github.sessionferry.core.UnreadableRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A store that has an unreadable record on the last page of its first partition, and only some capabilities. */
final class UnreadableRecordsService implements SessionService {

    private final SessionService store;
    private final Set<Capability> capabilities;
    private final List<UnreadableRecord> unreadable;

    UnreadableRecordsService(SessionService store, Set<Capability> capabilities, UnreadableRecord... unreadable) {
        this.store = store;
        this.capabilities = capabilities;
        this.unreadable = List.of(unreadable);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return List.of(ScanCursor.START);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        ScanPage page = store.scan(cursor, limit);
        return page.next().isPresent() ? page : new ScanPage(page.sessions(), unreadable, page.next());
    }

    @Override
    public String name() {
        return store.name();
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
    public void close() {
        store.close();
    }
}
