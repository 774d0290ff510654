package io.github.sessionferry.testkit;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shared state of a {@link MemoryStore}. Not thread-safe. */
final class MemorySharedState {

    private static final Comparator<SharedScope> ORDER = Comparator.comparing(SharedScope::appName)
            .thenComparing(
                    scope -> scope.userId().orElse(null), Comparator.nullsFirst(Comparator.<String>naturalOrder()));

    private final NavigableMap<SharedScope, Map<String, SharedValue>> scopes = new TreeMap<>(ORDER);

    Map<String, SharedValue> find(SharedScope scope) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(scopes.getOrDefault(scope, Map.of())));
    }

    /** The shared state that a session sees, keys with their prefixes. */
    Map<String, @Nullable Object> seenBy(SessionKey key) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>();
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            String prefix = scope.stateScope().prefix();
            scopes.getOrDefault(scope, Map.of()).forEach((name, value) -> seen.put(prefix + name, value.value()));
        }
        return seen;
    }

    /** Applies the shared part of a state or of a delta. */
    void apply(SessionKey key, Map<String, ? extends @Nullable Object> delta, Instant now) {
        apply(key.appScope(), StateScope.APP.select(delta), now);
        apply(key.userScope(), StateScope.USER.select(delta), now);
    }

    private void apply(SharedScope scope, Map<String, @Nullable Object> delta, Instant now) {
        if (delta.isEmpty()) {
            return;
        }
        Map<String, SharedValue> values = scopes.computeIfAbsent(scope, absent -> new LinkedHashMap<>());
        delta.forEach((name, value) -> {
            if (TaggedValue.REMOVED.equals(value)) {
                values.remove(name);
            } else {
                values.put(name, SharedValue.of(value, now));
            }
        });
        if (values.isEmpty()) {
            scopes.remove(scope);
        }
    }

    SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> newValues, Instant now) {
        List<String> written = new ArrayList<>();
        List<String> unchanged = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        Map<String, SharedValue> values = scopes.computeIfAbsent(scope, absent -> new LinkedHashMap<>());
        newValues.forEach((name, value) -> {
            SharedValue present = values.get(name);
            if (value.isRemoval()) {
                (values.remove(name) == null ? unchanged : written).add(name);
                return;
            }
            boolean newer = present == null || value.isNewerThan(present);
            if (newer) {
                values.put(name, value.storedAt(now));
            }
            if (present != null && Objects.equals(present.value(), value.value())) {
                unchanged.add(name);
            } else {
                (newer ? written : kept).add(name);
            }
        });
        if (values.isEmpty()) {
            scopes.remove(scope);
        }
        return new SharedStateOutcome(written, unchanged, kept);
    }

    /** The scopes after one, at most so many. */
    List<SharedScope> after(@Nullable SharedScope last, int limit) {
        return (last == null ? scopes : scopes.tailMap(last, false))
                .keySet().stream().limit(limit).toList();
    }
}
