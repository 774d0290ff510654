package io.github.sessionferry.redis;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.UnreadableRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** Pages of web sessions. Thread-safe. */
final class WebListing {

    private final WebKeys keys;
    private final WebIds ids;
    private final WebReads reads;
    private final ForeignSessions foreign;

    WebListing(WebKeys keys, WebIds ids, WebReads reads, ForeignSessions foreign) {
        this.keys = keys;
        this.ids = ids;
        this.reads = reads;
        this.foreign = foreign;
    }

    ScanPage scan(WebCursor cursor, int limit) {
        if (!cursor.isInOwn()) {
            Page page = new Page(limit, session -> true);
            Optional<WebCursor> next = walk(named(cursor), page);
            if (next.isPresent() || !cursor.isFirst()) {
                return new ScanPage(page.found, page.unreadable, next.map(WebCursor::cursor));
            }
            return new ScanPage(
                    page.found,
                    page.unreadable,
                    Optional.of(cursor.inOwn(ScanCursor.START).cursor()));
        }
        ScanPage page = foreign.scan(cursor.placeInOwn(), limit);
        return new ScanPage(
                page.sessions(),
                page.unreadable(),
                page.next().map(next -> cursor.inOwn(next).cursor()));
    }

    SessionPage list(SessionQuery query, WebCursor cursor, int limit) {
        if (!cursor.isInOwn() && query.appName().equals(keys.appName())) {
            Page page = new Page(limit, session -> query.matches(session.key()));
            ScanCursor next = walk(named(cursor), page)
                    .orElseGet(() -> cursor.inOwn(ScanCursor.START))
                    .cursor();
            return new SessionPage(page.found, Optional.of(next));
        }
        SessionPage page = foreign.list(query, cursor.placeInOwn(), limit);
        return new SessionPage(
                page.sessions(), page.next().map(next -> cursor.inOwn(next).cursor()));
    }

    private static WebCursor named(WebCursor cursor) {
        return cursor.scan().isEmpty()
                ? cursor.ofScan(UUID.randomUUID().toString().substring(0, 8))
                : cursor;
    }

    private static final class Page {

        private final int limit;
        private final Predicate<Session> wanted;
        private final List<SessionSummary> found = new ArrayList<>();
        private final List<UnreadableRecord> unreadable = new ArrayList<>();

        Page(int limit, Predicate<Session> wanted) {
            this.limit = limit;
            this.wanted = wanted;
        }

        int room() {
            return limit - Math.max(found.size(), unreadable.size());
        }
    }

    /** Fills a page from a place on, and tells where it ended; empty at the end. */
    private Optional<WebCursor> walk(WebCursor from, Page page) {
        WebCursor at = from;
        while (page.room() > 0) {
            List<String> some = atMost(at, page.room());
            if (some.isEmpty()) {
                return Optional.empty();
            }
            at = fill(page, at, some);
        }
        return Optional.of(at);
    }

    /** The id of which only some sessions have come, and ids after it. */
    private List<String> atMost(WebCursor at, int limit) {
        List<String> some = new ArrayList<>();
        if (!at.user().isEmpty()) {
            some.add(at.id());
        }
        List<String> after = ids.after(at, at.id());
        some.addAll(after.subList(0, Math.min(after.size(), limit - some.size())));
        return some;
    }

    private WebCursor fill(Page page, WebCursor from, List<String> some) {
        List<String> asked =
                some.stream().filter(id -> !id.startsWith(WebIds.NO_ID)).toList();
        Slots slots = slots(asked);
        WebCursor at = from;
        for (String id : some) {
            if (page.room() == 0) {
                return at;
            }
            if (id.startsWith(WebIds.NO_ID)) {
                String key = id.substring(WebIds.NO_ID.length());
                page.unreadable.add(new UnreadableRecord(key, keys.tell(key).wrong()));
            } else {
                Optional<WebCursor> within = add(page, at, id, slots);
                if (within.isPresent()) {
                    return within.get();
                }
            }
            at = at.after(id);
        }
        return at;
    }

    private interface Slots {
        WebSlot of(String id);
    }

    /** Reads all at once, and one by one if that fails for one of them. */
    private Slots slots(List<String> asked) {
        try {
            List<WebSlot> all = reads.slots(asked);
            return id -> all.get(asked.indexOf(id));
        } catch (IllegalArgumentException | SessionException e) {
            if (e instanceof SessionException failure && failure.code() != SessionErrorCode.CORRUPT) {
                throw e;
            }
            return id -> reads.slots(List.of(id)).get(0);
        }
    }

    /** Adds the sessions of an id; if they do not all fit, tells where the next page begins. */
    private Optional<WebCursor> add(Page page, WebCursor at, String id, Slots slots) {
        try {
            List<Session> sessions = slots.of(id).sessions(id, keys).stream()
                    .filter(session ->
                            !at.id().equals(id) || !at.isTold(session.key().userId()))
                    .sorted(Comparator.comparing(
                            session -> WebText.writeField(session.key().userId())))
                    .toList();
            for (int i = 0; i < sessions.size(); i++) {
                Session session = sessions.get(i);
                if (page.wanted.test(session)) {
                    page.found.add(new SessionSummary(session.key(), session.updateTime()));
                }
                if (page.room() == 0 && i < sessions.size() - 1) {
                    return Optional.of(at.afterUser(id, session.key().userId()));
                }
            }
        } catch (IllegalArgumentException e) {
            page.unreadable.add(new UnreadableRecord("session:*:" + id, String.valueOf(e.getMessage())));
        } catch (SessionException e) {
            if (e.code() != SessionErrorCode.CORRUPT) {
                throw e;
            }
            page.unreadable.add(new UnreadableRecord("session:*:" + id, String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }
}
