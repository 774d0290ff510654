package io.github.sessionferry.migration;

import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sessions for tests. */
final class Samples {

    static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    static final String SECRET = "the-secret-value";

    private Samples() {}

    static SessionKey key(String id) {
        return new SessionKey("shop", "user-of-" + id, id);
    }

    static SessionKey key(int number) {
        return new SessionKey("shop", "user-" + number % 7, "session-%05d".formatted(number));
    }

    static SessionEvent event(int number) {
        return event("e" + number, T0.plusSeconds(number));
    }

    static SessionEvent event(String id, Instant time) {
        return SessionEvent.builder(id, "user", time)
                .invocationId("inv-" + id)
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", SECRET))))
                .stateDelta(Map.of("last", id, "user:theme", "dark"))
                .fields(Map.of("turn_complete", true))
                .build();
    }

    /** A session with events e1 to en, last updated by the last of them. */
    static Session session(SessionKey key, int events) {
        List<SessionEvent> history = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            history.add(event(i));
        }
        return Session.builder(key, T0.plusSeconds(events))
                .createTime(T0)
                .state(Map.of("cart", Map.of("items", List.of(1L, 2L, SECRET)), "count", 7L))
                .fields(Map.of("display_name", "a session"))
                .events(history)
                .build();
    }

    static SessionOutcome created(SessionKey key, int events, Instant time, Duration duration) {
        return new SessionOutcome(
                key,
                SessionOutcome.Status.CREATED,
                Optional.empty(),
                events,
                Map.of(),
                Optional.empty(),
                0,
                0,
                Map.of(),
                time,
                Optional.of(duration));
    }

    static Session put(SessionService store, Session session) {
        store.store(session, Precondition.none());
        return session;
    }

    static void fill(SessionService store, int sessions, int events) {
        for (int i = 0; i < sessions; i++) {
            put(store, session(key(i), events));
        }
    }

    /** A view of a store in which each value of shared state overrules a copy. */
    static SessionService withOverruledCopies(SessionService store) {
        return new ForwardingSessionService(store) {
            @Override
            public Map<String, SharedValue> findSharedState(SharedScope scope) {
                Map<String, SharedValue> values = new TreeMap<>(store.findSharedState(scope));
                values.replaceAll((key, value) -> value.overruling(
                        new OverruledCopies.Copy(key(1), scope.stateScope().prefix() + key, T0)));
                return values;
            }
        };
    }

    /** All that a store of a few sessions holds. */
    static List<SessionKey> keys(SessionService store) {
        return store.scan(ScanCursor.START, 1_000).sessions().stream()
                .map(SessionSummary::key)
                .toList();
    }
}
