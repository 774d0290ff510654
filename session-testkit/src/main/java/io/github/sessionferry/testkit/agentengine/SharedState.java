package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.HashMap;
import java.util.Map;

/** What the sessions of one engine share: one map for all, one for each user. It outlives every session. */
final class SharedState {
    static final String APP_PREFIX = "app:";
    static final String USER_PREFIX = "user:";
    static final String TEMP_PREFIX = "temp:";

    private final Map<String, Value> app = new HashMap<>();
    private final Map<String, Map<String, Value>> byUser = new HashMap<>();

    /** Keeps the shared keys of a delta, puts the session's own into {@code own}, and drops the temporary ones. */
    synchronized void merge(String userId, Struct delta, Map<String, Value> own) {
        delta.getFieldsMap().forEach((key, value) -> {
            if (key.startsWith(APP_PREFIX)) {
                app.put(key, value);
            } else if (key.startsWith(USER_PREFIX)) {
                byUser.computeIfAbsent(userId, user -> new HashMap<>()).put(key, value);
            } else if (!key.startsWith(TEMP_PREFIX)) {
                own.put(key, value);
            }
        });
    }

    synchronized void addTo(Struct.Builder state, String userId) {
        state.putAllFields(app);
        state.putAllFields(byUser.getOrDefault(userId, Map.of()));
    }
}
