package io.github.sessionferry.adk;

import com.google.adk.JsonBaseModel;
import com.google.adk.sessions.State;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Values of ADK's state and state deltas, and ours. */
final class AdkValues {

    private AdkValues() {}

    /** What is to be stored of a first state: nothing of the invocation alone, no key that is marked as removed. */
    static Map<String, @Nullable Object> newState(@Nullable Map<String, Object> state) {
        Map<String, @Nullable Object> stored = delta(state);
        stored.values().removeIf(TaggedValue.REMOVED::equals);
        return stored;
    }

    /** What is to be stored of a state delta: everything but the keys of the invocation alone. */
    static Map<String, @Nullable Object> delta(@Nullable Map<String, Object> delta) {
        Map<String, @Nullable Object> stored = new LinkedHashMap<>();
        if (delta != null) {
            delta.forEach((key, value) -> {
                if (StateScope.of(key) != StateScope.TEMP) {
                    stored.put(key, value == State.REMOVED ? TaggedValue.REMOVED : stateValue(value));
                }
            });
        }
        return stored;
    }

    /** A session's state for ADK, whose state holds no nulls: such a key is absent. */
    static ConcurrentMap<String, Object> adkState(Map<String, @Nullable Object> state) {
        ConcurrentMap<String, Object> values = new ConcurrentHashMap<>();
        state.forEach((key, value) -> {
            Object adkValue = adkValue(value);
            if (adkValue != null) {
                values.put(key, adkValue);
            }
        });
        return values;
    }

    /** A state delta for ADK, which reads null as a removal. */
    static ConcurrentMap<String, Object> adkDelta(Map<String, @Nullable Object> delta) {
        ConcurrentMap<String, Object> values = new ConcurrentHashMap<>();
        delta.forEach((key, value) -> {
            Object adkValue = TaggedValue.REMOVED.equals(value) ? null : adkValue(value);
            values.put(key, adkValue == null ? State.REMOVED : adkValue);
        });
        return values;
    }

    /** A whole number as ADK's JSON reads it. */
    static Number wholeNumber(long number) {
        return (int) number == number ? (Number) (int) number : (Number) number;
    }

    private static @Nullable Object stateValue(@Nullable Object value) {
        try {
            return StateValues.normalise(value);
        } catch (IllegalArgumentException e) {
            return StateValues.normalise(asJson(value, e));
        }
    }

    private static @Nullable Object asJson(@Nullable Object value, IllegalArgumentException reason) {
        try {
            return JsonBaseModel.getMapper().convertValue(value, Object.class);
        } catch (IllegalArgumentException e) {
            throw reason;
        }
    }

    private static @Nullable Object adkValue(@Nullable Object value) {
        if (value instanceof Long number) {
            return wholeNumber(number);
        }
        if (value instanceof Bytes bytes) {
            return bytes.toArray();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> values = new ArrayList<>(list.size());
            list.forEach(element -> values.add(adkValue(element)));
            return values;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> values = new LinkedHashMap<>();
            map.forEach((key, element) -> values.put(key, adkValue(element)));
            return values;
        }
        return value;
    }
}
