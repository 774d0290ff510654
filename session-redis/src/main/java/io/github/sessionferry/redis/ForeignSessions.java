package io.github.sessionferry.redis;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sessions whose keys no web session has, kept in our own layout, without what a web session lacks. Thread-safe. */
final class ForeignSessions {

    private final RedisSessionService store;

    ForeignSessions(RedisSessionService store) {
        this.store = store;
    }

    Map<SessionKey, Session> findAll(Collection<SessionKey> keys) {
        return keys.isEmpty() ? Map.of() : store.findAll(keys, EventSelection.none());
    }

    private Optional<Session> find(SessionKey key) {
        return store.find(key, EventSelection.none());
    }

    /** Stores a session that must be absent, and tells its revision; nothing if it is there. */
    Optional<String> create(Session session) {
        return store.store(session, Precondition.absent()).status() == StoreOutcome.Status.CONFLICT
                ? Optional.empty()
                : find(session.key()).flatMap(Session::revision);
    }

    /** Applies an event's delta alone; nothing if there is no session. */
    Optional<AppendOutcome> append(SessionKey key, SessionEvent event) {
        while (true) {
            Optional<Session> present = find(key);
            if (present.isEmpty()) {
                return Optional.empty();
            }
            Session changed = changed(present.get(), event);
            if (changed.equals(present.get())) {
                return Optional.of(AppendOutcome.ALREADY_PRESENT);
            }
            Precondition unchanged =
                    Precondition.revision(present.get().revision().orElseThrow());
            if (store.store(changed, unchanged).status() != StoreOutcome.Status.CONFLICT) {
                return Optional.of(AppendOutcome.APPENDED);
            }
        }
    }

    /** A session as an event's delta leaves it. */
    static Session changed(Session session, SessionEvent event) {
        Map<String, @Nullable Object> state =
                StateValues.apply(session.state(), StateScope.SESSION.select(event.stateDelta()));
        Instant updateTime = event.timestamp().isAfter(session.updateTime()) ? event.timestamp() : session.updateTime();
        return session.toBuilder().state(state).updateTime(updateTime).build();
    }

    DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return store.delete(key, precondition);
    }

    List<StoreResult> storeAll(List<StoreRequest> requests) {
        return requests.isEmpty() ? List.of() : store.storeAll(requests);
    }

    void check(Session session) {
        StoreRehearsal unused = store.rehearse(session);
    }

    SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        return store.list(query, cursor, limit);
    }

    ScanPage scan(ScanCursor cursor, int limit) {
        return store.scan(cursor, limit);
    }

    void close() {
        store.close();
    }
}
