package io.github.sessionferry.vertex;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State values as other clients understand them, even where a Struct cannot hold them exactly: bytes as base64, times as
 * ISO 8601, large whole numbers and NaN as text, what is nested too deep as JSON. Good for reading, not for coming back
 * equal.
 */
final class PlainValues {

    private static final int MAX_DEPTH = 20;
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private PlainValues() {}

    static @Nullable Object of(@Nullable Object value) {
        return of(value, 1);
    }

    private static @Nullable Object of(@Nullable Object value, int depth) {
        if (value instanceof String text) {
            return wellFormed(text);
        }
        if (value instanceof Long number) {
            return number >= -EXACT_IN_DOUBLE && number <= EXACT_IN_DOUBLE ? number : number.toString();
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? number : number.toString();
        }
        if (value instanceof Bytes bytes) {
            return Base64.getEncoder().encodeToString(bytes.toArray());
        }
        if (value instanceof Instant time) {
            return time.toString();
        }
        if (value instanceof TaggedValue tagged) {
            return of(tagged.value(), depth);
        }
        if (value instanceof List<?> || value instanceof Map<?, ?>) {
            return depth > MAX_DEPTH ? wellFormed(Json.write(value)) : nested(value, depth);
        }
        return value;
    }

    private static Object nested(Object value, int depth) {
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(element -> plain.add(of(element, depth + 1)));
            return plain;
        }
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, element) -> plain.put(wellFormed((String) key), of(element, depth + 1)));
        return plain;
    }

    /** Unpaired surrogates become question marks. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
