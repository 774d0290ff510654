package io.github.sessionferry.file;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.UnreadableRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sessions of a page, and as many unreadable files at most. Not thread-safe. */
final class PageCollector {

    private final int limit;
    private final List<SessionSummary> found = new ArrayList<>();
    private final List<UnreadableRecord> unreadable = new ArrayList<>();

    PageCollector(int limit) {
        FileSessionService.requireLimit(limit, 1);
        this.limit = limit;
    }

    boolean isFull() {
        return found.size() == limit || unreadable.size() == limit;
    }

    void add(Session session) {
        found.add(new SessionSummary(session.key(), session.updateTime()));
    }

    List<UnreadableRecord> unreadable() {
        return unreadable;
    }

    ScanPage scanPage(Optional<ScanCursor> next) {
        return new ScanPage(found, unreadable, next);
    }

    SessionPage sessionPage(Optional<ScanCursor> next) {
        return new SessionPage(found, next);
    }
}
