package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A session as it is read, page by page, the newest events first. Not thread-safe. */
final class FoundSession {

    private static final int PAGE_EVENTS = 1_000;
    private static final int PAGE_BYTES = 1 << 20;

    private final EventSelection selection;
    private final Session session;
    private final String born;
    private final long lastEvent;
    private final Map<String, SharedChange> pending;
    private final Map<String, SessionEvent> events = new LinkedHashMap<>();
    private int passed;
    private boolean whole;

    /**
     * Begins with the first answer of the script.
     *
     * @param answer what the script answered
     * @throws IllegalArgumentException if it is no session
     */
    FoundSession(List<Object> answer, EventSelection selection) {
        this.selection = selection;
        Map<String, String> fields = map(answer.get(2));
        session = StoredSession.read(fields);
        born = fields.getOrDefault(StoredSession.BORN, "");
        lastEvent = StoredSession.events(fields);
        pending = SharedChange.readAll(answer.get(3));
        add(answer);
    }

    static Arguments firstPage(EventSelection selection, long now) {
        return page(selection, now, wanted(selection, 0), 0, "");
    }

    /** The arguments of the script for the next page. */
    Arguments nextPage(long now) {
        return page(selection, now, wanted(selection, events.size()), passed, born);
    }

    private static Arguments page(EventSelection selection, long now, int wanted, int passed, String born) {
        String since = selection
                .since()
                .map(time -> String.valueOf(time.getEpochSecond()))
                .orElse("-inf");
        return new Arguments().add(now, since, wanted, passed, PAGE_BYTES, born);
    }

    private static int wanted(EventSelection selection, int have) {
        return Math.min(selection.limit() - have, PAGE_EVENTS);
    }

    /** Adds a page of events; those that came after the first page are left out. */
    void add(List<Object> answer) {
        List<?> page = (List<?>) answer.get(1);
        int wanted = wanted(selection, events.size());
        long bytes = 0;
        for (int i = 0; i < page.size(); i += 2) {
            byte[] document = (byte[]) page.get(i + 1);
            bytes += document.length;
            if (Long.parseLong(Arguments.text(page.get(i))) <= lastEvent && events.size() < selection.limit()) {
                SessionEvent event = StoredSession.readEvent(new String(document, UTF_8));
                if (selection.since().filter(event.timestamp()::isBefore).isEmpty()) {
                    events.putIfAbsent(event.id(), event);
                }
            }
        }
        passed += page.size() / 2;
        whole = events.size() >= selection.limit() || (page.size() / 2 < wanted && bytes < PAGE_BYTES);
    }

    boolean isWhole() {
        return whole;
    }

    /** Shared state of appends that is not yet where it belongs, by the appends' tokens. */
    Map<String, SharedChange> pending() {
        return pending;
    }

    /** The session with the events that were read, and without shared state. */
    Session session() {
        List<SessionEvent> oldestFirst = new ArrayList<>(events.values());
        Collections.reverse(oldestFirst);
        return session.toBuilder().events(oldestFirst).build();
    }

    static Map<String, String> map(Object pairs) {
        List<?> parts = (List<?>) pairs;
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i += 2) {
            map.put(Arguments.text(parts.get(i)), Arguments.text(parts.get(i + 1)));
        }
        return map;
    }
}
