package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A user of a web application, who reads sessions, changes and begins them 3 : 1 : 1, takes each failure as it is, and
 * remembers what was acknowledged. Not thread-safe.
 */
final class LoadUser {

    private static final int NOTES = 5;
    private static final String RESULT = "a result of some length; ".repeat(20);

    private final long id;
    private final SessionService sessions;
    private final LoadResult result;
    private final Random draw;
    private final List<SessionKey> open = new ArrayList<>();
    private final Map<SessionKey, Known> known = new LinkedHashMap<>();
    private final Set<SessionKey> perhaps = new HashSet<>();
    private int numbers;

    LoadUser(long id, SessionService sessions, LoadResult result) {
        this.id = id;
        this.sessions = sessions;
        this.result = result;
        draw = new Random(id);
    }

    /** What an operation is measured as. */
    enum Kind {
        READ,
        WRITE,
        CREATE
    }

    /** What a session holds, as far as its user was told: for sure, or perhaps, after a write that failed. */
    private static final class Known {

        private final Map<String, Object> sure;
        private final Map<String, Set<Object>> perhaps = new LinkedHashMap<>();

        Known(Map<String, Object> sure) {
            this.sure = new LinkedHashMap<>(sure);
        }

        void acknowledged(Map<String, Object> delta) {
            sure.putAll(delta);
            perhaps.keySet().removeAll(delta.keySet());
        }

        void failed(Map<String, Object> delta) {
            delta.forEach((name, value) ->
                    perhaps.computeIfAbsent(name, first -> new HashSet<>()).add(value));
        }

        /** How many values a session lacks. A value of which it was not sure is known from then on. */
        long missing(Session session) {
            perhaps.entrySet().removeIf(entry -> {
                Object value = session.state().get(entry.getKey());
                boolean isDone = value != null && entry.getValue().contains(value);
                if (isDone) {
                    sure.put(entry.getKey(), value);
                }
                return isDone;
            });
            return sure.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals(session.state().get(entry.getKey())))
                    .count();
        }

        int size() {
            return sure.size();
        }
    }

    void act() {
        switch (open.isEmpty() ? 0 : draw.nextInt(5)) {
            case 0 -> create();
            case 1 -> write(open.get(draw.nextInt(open.size())));
            default -> read(open.get(draw.nextInt(open.size())));
        }
    }

    private void create() {
        SessionKey key = new SessionKey("web", Long.toString(id), "session-" + id + "-" + ++numbers);
        Map<String, Object> state = Map.of(
                "logged_in",
                true,
                "username",
                "user" + id,
                "user_id",
                id,
                "csrf_token",
                Long.toHexString(draw.nextLong()),
                "lang",
                "jp",
                "usage_count",
                0L,
                "gemini_3way_analysis",
                RESULT + numbers);
        if (succeeds(Kind.CREATE, () -> {
            var unused = sessions.create(NewSession.builder(key).state(state).build());
        })) {
            known.put(key, new Known(state));
            open.add(key);
        } else {
            perhaps.add(key);
        }
    }

    private void write(SessionKey key) {
        long number = ++numbers;
        Map<String, Object> delta = Map.of("usage_count", number, "note_" + number % NOTES, "note " + number);
        SessionEvent change = SessionEvent.builder("write-" + number, "user", Instant.now())
                .stateDelta(delta)
                .build();
        Known session = known(key);
        if (succeeds(Kind.WRITE, () -> {
            var unused = sessions.append(key, change);
        })) {
            session.acknowledged(delta);
        } else {
            session.failed(delta);
        }
    }

    private Known known(SessionKey key) {
        return known.computeIfAbsent(key, absent -> new Known(Map.of()));
    }

    private void read(SessionKey key) {
        List<Optional<Session>> read = new ArrayList<>();
        if (succeeds(Kind.READ, () -> read.add(sessions.find(key, EventSelection.all())))
                && !read.get(0).map(session -> known(key).missing(session) == 0).orElse(false)) {
            result.audit().wentBackwards();
        }
    }

    private boolean succeeds(Kind kind, Runnable operation) {
        long begin = System.nanoTime();
        try {
            operation.run();
        } catch (SessionException e) {
            result.failed(kind, e.code());
            return false;
        }
        result.answered(kind, System.nanoTime() - begin);
        if (kind != Kind.READ) {
            result.audit().acknowledged();
        }
        return true;
    }

    /** Compares a store with what this user remembers. */
    void check(SessionService store) {
        Map<SessionKey, Session> found = store.findAll(known.keySet(), EventSelection.all());
        known.forEach((key, session) -> {
            Session there = found.get(key);
            result.audit().lost(there == null ? 1 + session.size() : session.missing(there));
        });
    }

    /** Adds the sessions that it has begun, or may have. */
    void addSessionsTo(Collection<SessionKey> all) {
        all.addAll(known.keySet());
        all.addAll(perhaps);
    }
}
