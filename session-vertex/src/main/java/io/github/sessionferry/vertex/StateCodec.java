package io.github.sessionferry.vertex;

import com.google.protobuf.Struct;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.ValueEncoding;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's state as the Struct that the engine keeps. Plain values stay plain; others are encoded as
 * {@link ValueEncoding#struct} says. A session's other fields stand beside the state under a reserved key. The engine
 * cannot take a key away: one that was removed holds {@link TaggedValue#REMOVED} and is hidden.
 */
final class StateCodec {

    private static final String RESERVED = "session_ferry_";
    private static final String FIELDS = RESERVED + "fields";
    private static final String ENCODED_KEY = RESERVED + "key:";
    private static final ValueEncoding ENCODING = ValueEncoding.struct();

    private StateCodec() {}

    /** Encodes state or a state delta without its temporary keys. */
    static Map<String, @Nullable Object> encode(Map<String, ? extends @Nullable Object> values, Encodings encodings) {
        Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (StateScope.of(key) != StateScope.TEMP) {
                encoded.put(encodeKey(key), ENCODING.encode(value, encodings));
            }
        });
        return encoded;
    }

    /** Encodes the session's own state and its other fields. */
    static Struct encodeOwn(
            Map<String, ? extends @Nullable Object> state,
            Map<String, ? extends @Nullable Object> fields,
            Encodings encodings) {
        Map<String, @Nullable Object> encoded = encode(StateScope.SESSION.select(state), encodings);
        if (!fields.isEmpty()) {
            encoded.put(FIELDS, ENCODING.encode(fields, encodings));
        }
        return StructValues.struct(encoded);
    }

    /** Decodes a state delta. */
    static Map<String, @Nullable Object> decodeDelta(Struct delta) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        StructValues.map(delta).forEach((key, value) -> values.put(decodeKey(key), ENCODING.decode(value)));
        return values;
    }

    /** Decodes the state that readers see. */
    static Map<String, @Nullable Object> decodeState(Struct state) {
        Map<String, @Nullable Object> values =
                decodeDelta(state.toBuilder().removeFields(FIELDS).build());
        values.values().removeIf(TaggedValue.REMOVED::equals);
        return values;
    }

    /** Decodes the session's other fields. */
    @SuppressWarnings("unchecked") // decoded maps have no other keys
    static Map<String, @Nullable Object> decodeFields(Struct state) {
        Object fields =
                ENCODING.decode(StructValues.object(state.getFieldsOrDefault(FIELDS, StructValues.value(null))));
        return fields instanceof Map<?, ?> ? (Map<String, @Nullable Object>) fields : Map.of();
    }

    private static String encodeKey(String key) {
        String prefix = StateScope.of(key).prefix();
        String name = key.substring(prefix.length());
        if (Texts.isWellFormed(name) && !name.startsWith(RESERVED)) {
            return key;
        }
        byte[] units = Texts.toUtf16(name);
        return prefix + ENCODED_KEY + Base64.getUrlEncoder().withoutPadding().encodeToString(units);
    }

    private static String decodeKey(String key) {
        String prefix = StateScope.of(key).prefix();
        if (!key.startsWith(ENCODED_KEY, prefix.length())) {
            return key;
        }
        try {
            byte[] units = Base64.getUrlDecoder().decode(key.substring(prefix.length() + ENCODED_KEY.length()));
            return prefix + Texts.fromUtf16(units);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }
}
