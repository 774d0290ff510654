package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events for tests. */
final class TestEvents {

    static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    private TestEvents() {}

    static SessionEvent event(String id, int second) {
        return changing(id, second, Map.of());
    }

    static SessionEvent changing(String id, int second, Map<String, Object> delta) {
        return SessionEvent.builder(id, "user", BEGIN.plusSeconds(second))
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", "hello " + id))))
                .stateDelta(delta)
                .build();
    }
}
