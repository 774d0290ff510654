package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.rollout.StoreSide;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists what a course can reach: the authority's sessions and then, where such are still served, those that only the other
 * store has. A scan tells the authority's alone. The migration's own records are left out. Thread-safe.
 */
final class Listing {

    /** Before a cursor of the store that is read second. */
    private static final String SECOND = "other:";

    private final StorePair stores;
    private final Course course;
    private final DeletedSessions deleted;

    Listing(StorePair stores, Course course, DeletedSessions deleted) {
        this.stores = stores;
        this.course = course;
        this.deleted = deleted;
    }

    private boolean isSecond(ScanCursor cursor) {
        return cursor.token().startsWith(SECOND);
    }

    private static ScanCursor second(ScanCursor cursor) {
        return new ScanCursor(SECOND + cursor.token());
    }

    private static ScanCursor inStore(ScanCursor cursor) {
        return new ScanCursor(cursor.token().substring(SECOND.length()));
    }

    SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        if (isSecond(cursor)) {
            SessionPage page = store(course.other()).list(query, inStore(cursor), limit);
            return new SessionPage(onlyInOther(page.sessions()), page.next().map(Listing::second));
        }
        SessionPage page = store(course.authority()).list(query, cursor, limit);
        return new SessionPage(page.sessions(), nextOrSecond(page.next()));
    }

    List<ScanCursor> scanPartitions(int atMost) {
        return store(course.authority()).scanPartitions(atMost);
    }

    ScanPage scan(ScanCursor cursor, int limit) {
        ScanPage page = store(course.authority()).scan(cursor, limit);
        return new ScanPage(withoutReserved(page.sessions()), page.unreadable(), page.passedOver(), page.next());
    }

    SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        SharedScopePage page = store(course.authority()).scanSharedScopes(cursor, limit);
        return new SharedScopePage(
                page.scopes().stream()
                        .filter(scope -> !scope.appName().equals(SessionKey.RESERVED_APP_NAME))
                        .toList(),
                page.next());
    }

    private Optional<ScanCursor> nextOrSecond(Optional<ScanCursor> next) {
        return next.isPresent() || !course.adopts() ? next : Optional.of(second(ScanCursor.START));
    }

    private SessionService store(StoreSide side) {
        return stores.on(side);
    }

    private static List<SessionSummary> withoutReserved(List<SessionSummary> sessions) {
        return sessions.stream().filter(session -> !session.key().isReserved()).toList();
    }

    /** Those that are new to who has listed the authority's sessions, and were not deleted there. */
    private List<SessionSummary> onlyInOther(List<SessionSummary> sessions) {
        List<SessionKey> keys = sessions.stream().map(SessionSummary::key).toList();
        Map<SessionKey, Session> known = store(course.authority()).findAll(keys, EventSelection.none());
        SessionService standing = deleted.withoutDeleted(course.other());
        return sessions.stream()
                .filter(session -> !known.containsKey(session.key()))
                .filter(session ->
                        standing.find(session.key(), EventSelection.none()).isPresent())
                .toList();
    }
}
