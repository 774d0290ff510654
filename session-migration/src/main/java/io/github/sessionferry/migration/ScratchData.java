package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies of sessions and of shared state. Immutable: a change makes another one. */
record ScratchData(Map<SessionKey, Session> sessions, Map<SharedScope, Map<String, SharedValue>> shared) {

    static final ScratchData EMPTY = new ScratchData(Map.of(), Map.of());

    ScratchData {
        sessions = Collections.unmodifiableMap(new LinkedHashMap<>(sessions));
        shared = Collections.unmodifiableMap(new LinkedHashMap<>(shared));
    }

    ScratchData with(Session session) {
        Map<SessionKey, Session> changed = new LinkedHashMap<>(sessions);
        changed.put(session.key(), session);
        return new ScratchData(changed, shared);
    }

    ScratchData without(SessionKey key) {
        Map<SessionKey, Session> changed = new LinkedHashMap<>(sessions);
        changed.remove(key);
        return new ScratchData(changed, shared);
    }

    ScratchData with(SharedScope scope, Map<String, SharedValue> values) {
        Map<SharedScope, Map<String, SharedValue>> changed = new LinkedHashMap<>(shared);
        changed.put(scope, values);
        return new ScratchData(sessions, changed);
    }
}
