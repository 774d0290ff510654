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
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A few sessions in memory, to be read only, in the place of a store with its capabilities. Immutable. */
final class ScratchStore implements SessionService {

    private final Set<Capability> capabilities;
    private final ScratchData data;

    ScratchStore(SessionService store, ScratchData data) {
        EnumSet<Capability> readOnly = EnumSet.noneOf(Capability.class);
        readOnly.addAll(store.capabilities());
        readOnly.remove(Capability.WRITE);
        capabilities = Set.copyOf(readOnly);
        this.data = data;
    }

    @Override
    public String name() {
        return "scratch";
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return Optional.ofNullable(data.sessions().get(key));
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        List<SessionSummary> page = data.sessions().values().stream()
                .skip(position(cursor))
                .limit(limit)
                .map(session -> new SessionSummary(session.key(), session.updateTime()))
                .toList();
        return new ScanPage(
                page, List.of(), next(cursor, page.size(), data.sessions().size()));
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return data.shared().getOrDefault(scope, Map.of());
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        List<SharedScope> page = data.shared().keySet().stream()
                .skip(position(cursor))
                .limit(limit)
                .toList();
        return new SharedScopePage(page, next(cursor, page.size(), data.shared().size()));
    }

    private static int position(ScanCursor cursor) {
        return cursor.equals(ScanCursor.START) ? 0 : Integer.parseInt(cursor.token());
    }

    private static Optional<ScanCursor> next(ScanCursor cursor, int count, int all) {
        int next = position(cursor) + count;
        return next < all ? Optional.of(new ScanCursor(Integer.toString(next))) : Optional.empty();
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        throw readOnly();
    }

    @Override
    public Session create(NewSession request) {
        throw readOnly();
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        throw readOnly();
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        throw readOnly();
    }

    private static SessionException readOnly() {
        return new SessionException(
                SessionErrorCode.UNSUPPORTED, "a scratch copy can only be scanned and searched by key");
    }

    @Override
    public void close() {}
}
