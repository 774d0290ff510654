package io.github.sessionferry.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who sees a state key, told by the key's prefix.
 *
 * <p>The prefixes are those of the Agent Development Kit. Immutable.
 *
 * @see <a href="https://google.github.io/adk-docs/sessions/state/">ADK: session state</a>
 * @since 0.1
 */
public enum StateScope {
    /** {@code app:} – every session of the application. */
    APP("app:"),
    /** {@code user:} – every session of the user in the application. */
    USER("user:"),
    /** {@code temp:} – the current invocation alone; no store keeps it in a session's state. */
    TEMP("temp:"),
    /** No prefix – the session itself. */
    SESSION("");

    private static final List<StateScope> ALL = List.of(values());

    private final String prefix;

    StateScope(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The prefix that marks a key of this scope.
     *
     * @return the prefix with its colon; empty for {@link #SESSION}
     */
    public String prefix() {
        return prefix;
    }

    /**
     * Tells the scope of a state key.
     *
     * @param stateKey a key as it stands in a session's state
     * @return its scope
     */
    public static StateScope of(String stateKey) {
        for (StateScope scope : ALL) {
            if (stateKey.startsWith(scope.prefix)) {
                return scope;
            }
        }
        throw new AssertionError("every key starts with the empty prefix");
    }

    /**
     * Picks the entries of this scope.
     *
     * @param state a session's state or a state delta, keys with their prefixes
     * @return a new map of the entries of this scope in their order, keys <em>without</em> the prefix
     */
    public Map<String, @Nullable Object> select(Map<String, ? extends @Nullable Object> state) {
        Map<String, @Nullable Object> selected = new LinkedHashMap<>();
        state.forEach((key, value) -> {
            if (of(key) == this) {
                selected.put(key.substring(prefix.length()), value);
            }
        });
        return selected;
    }

    /**
     * Gives the entries the prefix of this scope: the reverse of {@link #select}.
     *
     * @param values entries with keys without a prefix
     * @return a new map with the same values in the same order, keys with the prefix
     */
    public Map<String, @Nullable Object> qualify(Map<String, ? extends @Nullable Object> values) {
        Map<String, @Nullable Object> qualified = new LinkedHashMap<>();
        values.forEach((key, value) -> qualified.put(prefix + key, value));
        return qualified;
    }
}
