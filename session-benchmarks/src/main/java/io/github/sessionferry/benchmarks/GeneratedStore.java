package io.github.sessionferry.benchmarks;

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
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A store that holds any number of sessions in no memory: it makes each when it is asked for, and forgets what it is given.
 * What memory a run takes is then the engine's own. Thread-safe.
 */
final class GeneratedStore implements SessionService {

    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00Z");
    private static final Session CONTENTS = contents();

    private final String name;
    private final long sessions;
    private final boolean holdsThem;

    private GeneratedStore(String name, long sessions, boolean holdsThem) {
        this.name = name;
        this.sessions = sessions;
        this.holdsThem = holdsThem;
    }

    /** A store of so many sessions. */
    static GeneratedStore of(String name, long sessions) {
        return new GeneratedStore(name, sessions, true);
    }

    /** A store that has nothing, whatever it is given. */
    static GeneratedStore forgetful(String name) {
        return new GeneratedStore(name, 0, false);
    }

    private static Session contents() {
        List<SessionEvent> events = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            events.add(SessionEvent.builder("event-" + i, "user", TIME.plusSeconds(i))
                    .content(Map.of("role", "user", "parts", List.of(Map.of("text", "line " + i))))
                    .build());
        }
        return Session.builder(new SessionKey("app", "user", "session"), TIME.plusSeconds(1))
                .createTime(TIME)
                .state(Map.of("turns", 2L))
                .events(events)
                .revision("1")
                .build();
    }

    private static SessionKey key(long number) {
        return new SessionKey("app", "user-" + number % 1_000, "session-" + number);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.WRITE, Capability.EVENTS);
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return holdsThem
                ? Optional.of(Session.builder(key, CONTENTS.updateTime())
                        .createTime(TIME)
                        .state(CONTENTS.state())
                        .events(events.apply(CONTENTS.events()))
                        .revision("1")
                        .build())
                : Optional.empty();
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return StoreOutcome.of(StoreOutcome.Status.CREATED, session.events().size());
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        long first = cursor.equals(ScanCursor.START) ? 0 : Long.parseLong(cursor.token());
        long end = Math.min(sessions, first + limit);
        List<SessionSummary> page = new ArrayList<>();
        for (long number = first; number < end; number++) {
            page.add(new SessionSummary(key(number), CONTENTS.updateTime()));
        }
        return new ScanPage(
                page, List.of(), end < sessions ? Optional.of(new ScanCursor(Long.toString(end))) : Optional.empty());
    }

    @Override
    public Session create(NewSession request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return Map.of();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return new SharedScopePage(List.of(), Optional.empty());
    }

    @Override
    public void close() {
        // It has nothing to let go of.
    }
}
