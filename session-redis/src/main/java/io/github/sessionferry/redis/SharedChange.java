package io.github.sessionferry.redis;

import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an append or a creation changes in shared state. Immutable.
 *
 * @param time the time of the change, later than that of everything that it replaces
 * @param app new values of the application's keys as JSON, by field; empty to remove the key
 * @param user likewise the user's
 */
record SharedChange(String time, Map<String, String> app, Map<String, String> user) {

    static final SharedChange NONE = new SharedChange("0.000000", Map.of(), Map.of());

    boolean isEmpty() {
        return app.isEmpty() && user.isEmpty();
    }

    Map<String, String> of(SharedScope scope) {
        return scope.userId().isPresent() ? user : app;
    }

    /** The record of the change that waits in the session's keys; empty if nothing changes. */
    String pending() {
        return isEmpty() ? "" : Json.write(Map.of("time", time, "app", app, "user", user));
    }

    /** The changes that wait in a session's keys, by their tokens. */
    static Map<String, SharedChange> readAll(Object pairs) {
        Map<String, SharedChange> changes = new LinkedHashMap<>();
        FoundSession.map(pairs).forEach((token, change) -> changes.put(token, read(change)));
        return changes;
    }

    @SuppressWarnings("unchecked") // as pending() wrote it
    static SharedChange read(String pending) {
        if (Json.read(pending) instanceof Map<?, ?> parts
                && parts.get("time") instanceof String time
                && parts.get("app") instanceof Map<?, ?> app
                && parts.get("user") instanceof Map<?, ?> user) {
            return new SharedChange(time, (Map<String, String>) app, (Map<String, String>) user);
        }
        throw new IllegalArgumentException("the session's pending shared state is none");
    }
}
