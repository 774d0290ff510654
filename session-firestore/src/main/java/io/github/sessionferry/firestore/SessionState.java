package io.github.sessionferry.firestore;

import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.TaggedValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state in a session's document: the session's own keys, and copies of shared keys that other writers left there,
 * flat ({@code "user:k": v}) or nested ({@code "user:": {"k": v}}). Copies stay in the form that they have. Immutable.
 */
final class SessionState {

    private final Map<String, @Nullable Object> entries;

    private SessionState(Map<String, @Nullable Object> entries) {
        this.entries = entries;
    }

    /** The state as it stands in a document. */
    static SessionState read(Map<String, ? extends @Nullable Object> entries) {
        return new SessionState(new LinkedHashMap<>(entries));
    }

    /** A state of own keys alone: those of shared and temporary scopes are left out. */
    static SessionState ofOwn(Map<String, ? extends @Nullable Object> state) {
        return new SessionState(StateScope.SESSION.select(state));
    }

    /** A state with copies of shared keys: only those of the temporary scope are left out. */
    static SessionState withCopies(Map<String, ? extends @Nullable Object> state) {
        return ofOwn(state).plus(sharedPart(state));
    }

    /** The keys of a state that sessions share. */
    static Map<String, @Nullable Object> sharedPart(Map<String, ? extends @Nullable Object> state) {
        Map<String, @Nullable Object> shared =
                new LinkedHashMap<>(StateScope.APP.qualify(StateScope.APP.select(state)));
        shared.putAll(StateScope.USER.qualify(StateScope.USER.select(state)));
        return shared;
    }

    /** The state as it is to stand in a document. */
    Map<String, @Nullable Object> write() {
        return new LinkedHashMap<>(entries);
    }

    /** All keys, flat: the session's own and the copies. */
    Map<String, @Nullable Object> flat() {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        entries.forEach((key, value) -> {
            if (isGroup(key, value)) {
                StateScope.of(key).qualify(group(value)).forEach(flat::putIfAbsent);
            } else {
                flat.put(key, value);
            }
        });
        return flat;
    }

    /** This state with other own keys, and the same copies. */
    SessionState withOwn(Map<String, ? extends @Nullable Object> state) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(entries);
        changed.keySet().removeIf(key -> StateScope.of(key) == StateScope.SESSION);
        changed.putAll(StateScope.SESSION.select(state));
        return new SessionState(changed);
    }

    /** This state with further entries. */
    SessionState plus(Map<String, ? extends @Nullable Object> more) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(entries);
        changed.putAll(more);
        return new SessionState(changed);
    }

    /** This state after a delta: own keys change, and of shared keys the copies that are here. */
    SessionState apply(Map<String, ? extends @Nullable Object> delta) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(entries);
        delta.forEach((key, value) -> {
            switch (StateScope.of(key)) {
                case SESSION -> put(changed, key, value);
                case APP, USER -> changeCopies(changed, key, value);
                case TEMP -> {}
            }
        });
        return new SessionState(changed);
    }

    private static void changeCopies(Map<String, @Nullable Object> changed, String key, @Nullable Object value) {
        if (changed.containsKey(key) && !isGroup(key, changed.get(key))) {
            put(changed, key, value);
        }
        String prefix = StateScope.of(key).prefix();
        if (isGroup(prefix, changed.get(prefix))) {
            changed.put(prefix, withChangedCopy(group(changed.get(prefix)), key.substring(prefix.length()), value));
        }
    }

    private static Map<String, @Nullable Object> withChangedCopy(
            Map<String, @Nullable Object> group, String name, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(group);
        if (changed.containsKey(name)) {
            put(changed, name, value);
        }
        return changed;
    }

    private static void put(Map<String, @Nullable Object> values, String key, @Nullable Object value) {
        if (TaggedValue.REMOVED.equals(value)) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }

    private static boolean isGroup(String key, @Nullable Object value) {
        StateScope scope = StateScope.of(key);
        return scope != StateScope.SESSION && key.equals(scope.prefix()) && value instanceof Map<?, ?>;
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static Map<String, @Nullable Object> group(@Nullable Object nested) {
        return nested == null ? Map.of() : (Map<String, @Nullable Object>) nested;
    }
}
