package io.github.sessionferry.firestore;

import io.github.sessionferry.core.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The content of an event whose bytes are base64 text for URLs, as ADK for Python writes them. What is called bytes by
 * the content's schema counts: inline data and signatures of thoughts. Thread-safe: static methods only.
 */
final class Base64Content {

    private static final Set<String> BYTES = Set.of("thought_signature", "thoughtSignature");
    private static final Set<String> BLOBS = Set.of("inline_data", "inlineData");
    private static final Set<String> ANYTHING = Set.of("args", "response");

    private Base64Content() {}

    /** Makes text of the content's bytes. */
    static Map<String, @Nullable Object> encode(Map<String, @Nullable Object> content) {
        return map(
                content,
                "",
                value -> value instanceof Bytes bytes ? Base64.getUrlEncoder().encodeToString(bytes.toArray()) : value);
    }

    /** Makes bytes of the content's text, where encoding them gives the same text again. */
    static Map<String, @Nullable Object> decode(Map<String, @Nullable Object> content) {
        return map(content, "", value -> value instanceof String text ? decoded(text) : value);
    }

    private static Object decoded(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return Base64.getUrlEncoder().encodeToString(bytes).equals(text) ? Bytes.copyOf(bytes) : text;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static Map<String, @Nullable Object> map(
            Map<String, @Nullable Object> values, String name, UnaryOperator<@Nullable Object> ofBytes) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            boolean isBytes = BYTES.contains(key) || (BLOBS.contains(name) && key.equals("data"));
            changed.put(key, isBytes ? ofBytes.apply(value) : value(value, key, ofBytes));
        });
        return changed;
    }

    private static @Nullable Object value(
            @Nullable Object value, String name, UnaryOperator<@Nullable Object> ofBytes) {
        if (ANYTHING.contains(name)) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return map(MapDifference.map(map), name, ofBytes);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> changed = new ArrayList<>(list.size());
            list.forEach(element -> changed.add(value(element, name, ofBytes)));
            return changed;
        }
        return value;
    }
}
