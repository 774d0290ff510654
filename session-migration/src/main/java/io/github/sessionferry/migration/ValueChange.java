package io.github.sessionferry.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes the first fitting value somewhere in a map. Immutable. */
enum ValueChange {
    /** A whole number that both types hold changes its type. */
    NUMBER_TYPE {
        @Override
        Optional<Object> of(@Nullable Object leaf, int depth) {
            if (leaf instanceof Long number && (long) (double) number == number) {
                return Optional.of((double) number);
            }
            return leaf instanceof Double number
                            && Double.valueOf((double) (long) (double) number).equals(number)
                    ? Optional.of((long) (double) number)
                    : Optional.empty();
        }
    },
    /** A value that is not at the top becomes another one of its type. */
    DEEP_VALUE {
        @Override
        Optional<Object> of(@Nullable Object leaf, int depth) {
            return depth > 1 ? Optional.of(other(leaf)) : Optional.empty();
        }
    };

    /** What becomes of a value that is neither map nor list; empty if it does not fit. */
    abstract Optional<Object> of(@Nullable Object leaf, int depth);

    /** Another value, of the same type where that is easy. */
    static Object other(@Nullable Object value) {
        if (value instanceof String text) {
            return text + "~";
        }
        if (value instanceof Boolean flag) {
            return !flag;
        }
        if (value instanceof Long number) {
            return number + 1;
        }
        return value instanceof Double number && number == 0.5 ? 1.5 : (Object) 0.5;
    }

    /** A copy with one value changed; empty if none fits. */
    Optional<Map<String, @Nullable Object>> in(Map<String, ? extends @Nullable Object> map) {
        return in(map, 1);
    }

    private Optional<Map<String, @Nullable Object>> in(Map<?, ?> map, int depth) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Optional<Object> changed = change(entry.getValue(), depth);
            if (changed.isPresent()) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> copy.put((String) key, value));
                copy.put((String) entry.getKey(), changed.get());
                return Optional.of(copy);
            }
        }
        return Optional.empty();
    }

    private Optional<Object> change(@Nullable Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            return in(map, depth + 1).map(changed -> changed);
        }
        return value instanceof List<?> list ? in(list, depth + 1) : of(value, depth);
    }

    private Optional<Object> in(List<?> list, int depth) {
        for (int i = 0; i < list.size(); i++) {
            Optional<Object> changed = change(list.get(i), depth);
            if (changed.isPresent()) {
                List<@Nullable Object> copy = new ArrayList<>(list);
                copy.set(i, changed.get());
                return Optional.of(copy);
            }
        }
        return Optional.empty();
    }
}
