package io.github.sessionferry.testkit;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
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
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps the sessions of any key in a store that knows only the visitors of one application, {@value #APP_NAME}, whose sessions
 * have plain ids: such as a store of web sessions, of which the contract should be proven in the form that other programs read.
 *
 * <p>Thread-safe if the store is. Closing it closes the store.
 *
 * @since 0.1
 */
public final class VisitorsOnly extends ForwardingSessionService {

    /** The application that each session belongs to in the store. */
    public static final String APP_NAME = "web";

    private final Map<String, SessionKey> keys;

    /**
     * Makes a view.
     *
     * @param store where the sessions are kept
     * @param keys the keys by the ids that they have in the store, added to as they are met; thread-safe, and the same for
     *     all views of one store
     */
    public VisitorsOnly(SessionService store, Map<String, SessionKey> keys) {
        super(store);
        this.keys = requireNonNull(keys, "keys");
    }

    private SessionKey inner(SessionKey key) {
        String id = DerivedId.of(key);
        keys.put(id, key);
        return new SessionKey(APP_NAME, "", id);
    }

    private Session outer(Session session) {
        return withKey(requireNonNull(keys.get(session.key().sessionId())), session);
    }

    private static Session withKey(SessionKey key, Session session) {
        return Session.builder(key, session.updateTime())
                .createTime(session.createTime().orElse(null))
                .expireTime(session.expireTime().orElse(null))
                .partExpireTimes(session.partExpireTimes())
                .state(session.state())
                .events(session.events())
                .fields(session.fields())
                .revision(session.revision().orElse(null))
                .build();
    }

    private List<SessionSummary> outer(List<SessionSummary> sessions) {
        return sessions.stream()
                .map(session ->
                        new SessionSummary(requireNonNull(keys.get(session.key().sessionId())), session.updateTime()))
                .toList();
    }

    @Override
    public Session create(NewSession request) {
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        try {
            return outer(super.create(NewSession.builder(inner(key))
                    .state(request.state())
                    .expireTime(request.expireTime().orElse(null))
                    .build()));
        } catch (SessionAlreadyExistsException e) {
            throw new SessionAlreadyExistsException(key, name(), e);
        }
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return super.find(inner(key), events).map(this::outer);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        SessionPage page = super.list(SessionQuery.ofUser(APP_NAME, ""), cursor, limit);
        return new SessionPage(
                outer(page.sessions()).stream()
                        .filter(session -> query.matches(session.key()))
                        .toList(),
                page.next());
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        try {
            return super.append(inner(key), event);
        } catch (SessionNotFoundException e) {
            throw new SessionNotFoundException(key, name(), e);
        }
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return super.delete(inner(key), precondition);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        ScanPage page = super.scan(cursor, limit);
        return new ScanPage(outer(page.sessions()), page.unreadable(), page.passedOver(), page.next());
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return super.store(withKey(inner(session.key()), session), precondition);
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        return super.rehearse(withKey(inner(session.key()), session));
    }
}
