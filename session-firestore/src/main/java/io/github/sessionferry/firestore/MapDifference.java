package io.github.sessionferry.firestore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What makes one map of state values from another, itself a map of state values: {@code put} holds entries to be set,
 * {@code drop} names that go, {@code in} differences of maps in the map. Thread-safe: static methods only.
 */
final class MapDifference {

    private static final String PUT = "put";
    private static final String DROP = "drop";
    private static final String IN = "in";

    private MapDifference() {}

    /** What makes the wanted map of a given one; empty if they are equal. */
    static Map<String, @Nullable Object> between(
            Map<String, ? extends @Nullable Object> given, Map<String, ? extends @Nullable Object> wanted) {
        Map<String, @Nullable Object> put = new LinkedHashMap<>();
        Map<String, @Nullable Object> in = new LinkedHashMap<>();
        List<@Nullable Object> drop = new ArrayList<>(given.keySet());
        drop.removeAll(wanted.keySet());
        wanted.forEach((name, value) -> {
            Object present = given.get(name);
            if (present instanceof Map<?, ?> from && value instanceof Map<?, ?> to) {
                Map<String, @Nullable Object> inner = between(map(from), map(to));
                if (!inner.isEmpty()) {
                    in.put(name, inner);
                }
            } else if (!given.containsKey(name) || !Objects.equals(present, value)) {
                put.put(name, value);
            }
        });
        Map<String, @Nullable Object> difference = new LinkedHashMap<>();
        if (!put.isEmpty()) {
            difference.put(PUT, put);
        }
        if (!drop.isEmpty()) {
            difference.put(DROP, drop);
        }
        if (!in.isEmpty()) {
            difference.put(IN, in);
        }
        return difference;
    }

    /** Applies a difference as far as it is one. */
    static Map<String, @Nullable Object> apply(
            Map<String, ? extends @Nullable Object> given, Map<String, ? extends @Nullable Object> difference) {
        Map<String, @Nullable Object> wanted = new LinkedHashMap<>(given);
        if (difference.get(DROP) instanceof List<?> names) {
            wanted.keySet().removeAll(names);
        }
        if (difference.get(IN) instanceof Map<?, ?> inner) {
            map(inner).forEach((name, within) -> {
                if (within instanceof Map<?, ?> change && wanted.get(name) instanceof Map<?, ?> present) {
                    wanted.put(name, apply(map(present), map(change)));
                }
            });
        }
        if (difference.get(PUT) instanceof Map<?, ?> entries) {
            wanted.putAll(map(entries));
        }
        return wanted;
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    static Map<String, @Nullable Object> map(Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
    }
}
