package io.github.sessionferry.redis;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionEvent;
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
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Keeps sessions of any key as those of visitors of one application, under plain ids, so that a web store has categories of each. */
record VisitorsOnly(SessionService store, Map<String, SessionKey> keys) implements SessionService {

    private SessionKey inner(SessionKey key) {
        String id = DerivedId.of(key);
        keys.put(id, key);
        return new SessionKey("web", "", id);
    }

    private Session outer(Session session) {
        return withKey(Objects.requireNonNull(keys.get(session.key().sessionId())), session);
    }

    private static Session withKey(SessionKey key, Session session) {
        return Session.builder(key, session.updateTime())
                .createTime(session.createTime().orElse(null))
                .expireTime(session.expireTime().orElse(null))
                .state(session.state())
                .events(session.events())
                .fields(session.fields())
                .revision(session.revision().orElse(null))
                .build();
    }

    private List<SessionSummary> outer(List<SessionSummary> sessions) {
        return sessions.stream()
                .map(session -> new SessionSummary(
                        Objects.requireNonNull(keys.get(session.key().sessionId())), session.updateTime()))
                .toList();
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
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        try {
            return outer(store.create(NewSession.builder(inner(key))
                    .state(request.state())
                    .expireTime(request.expireTime().orElse(null))
                    .build()));
        } catch (SessionAlreadyExistsException e) {
            throw new SessionAlreadyExistsException(key, name(), e);
        }
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return store.find(inner(key), events).map(this::outer);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        SessionPage page = store.list(SessionQuery.ofUser("web", ""), cursor, limit);
        return new SessionPage(
                outer(page.sessions()).stream()
                        .filter(session -> query.matches(session.key()))
                        .toList(),
                page.next());
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        try {
            return store.append(inner(key), event);
        } catch (SessionNotFoundException e) {
            throw new SessionNotFoundException(key, name(), e);
        }
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return store.delete(inner(key), precondition);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return store.scanPartitions(atMost);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        ScanPage page = store.scan(cursor, limit);
        return new ScanPage(outer(page.sessions()), page.unreadable(), page.next());
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return store.store(withKey(inner(session.key()), session), precondition);
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
