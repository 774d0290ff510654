package io.github.sessionferry.adk;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a stored event in the form that ADK for Java reads: names in camelCase, bytes as Base64.
 *
 * <p>ADK for Python writes names in snake_case and bytes in the Base64 alphabet for addresses; ADK for Java reads neither.
 */
final class AdkJson {

    /** Fields whose maps have keys of the application or of a tool, not of ADK. */
    private static final Set<String> WITH_FOREIGN_KEYS = Set.of(
            "args",
            "response",
            "customMetadata",
            "artifactDelta",
            "requestedAuthConfigs",
            "requestedToolConfirmations",
            "agentState");

    private static final Set<String> BYTES = Set.of("data", "thoughtSignature");

    private AdkJson() {}

    static Map<String, @Nullable Object> document(Map<String, @Nullable Object> event) {
        Map<String, @Nullable Object> document = object(event, false);
        if (!(document.get("customMetadata") instanceof List<?>)) {
            document.remove("customMetadata"); // a map in ADK for Python; ADK for Java cannot hold it
        }
        return document;
    }

    private static Map<String, @Nullable Object> object(Map<?, ?> map, boolean foreign) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String name = foreign ? (String) key : camelCase((String) key);
            boolean base64 = !foreign && BYTES.contains(name) && value instanceof String;
            object.put(
                    name,
                    base64
                            ? standardAlphabet((String) value)
                            : plain(value, foreign || WITH_FOREIGN_KEYS.contains(name)));
        });
        return object;
    }

    private static @Nullable Object plain(@Nullable Object value, boolean foreign) {
        if (value instanceof Map<?, ?> map) {
            return object(map, foreign);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> values = new ArrayList<>(list.size());
            list.forEach(element -> values.add(plain(element, foreign)));
            return values;
        }
        if (value instanceof Long number) {
            return AdkValues.wholeNumber(number);
        }
        if (value instanceof Bytes bytes) {
            return Base64.getEncoder().encodeToString(bytes.toArray());
        }
        if (value instanceof Instant time) {
            return time.toString();
        }
        if (value instanceof TaggedValue tagged) {
            return tagged.tag().equals(StateValues.NUMBER_TAG)
                    ? (Object) new BigDecimal(String.valueOf(tagged.value()))
                    : plain(tagged.value(), true);
        }
        return value;
    }

    private static String standardAlphabet(String base64) {
        return base64.replace('-', '+').replace('_', '/');
    }

    private static String camelCase(String name) {
        StringBuilder camelCase = new StringBuilder();
        for (String word : name.split("_", -1)) {
            camelCase.append(
                    camelCase.isEmpty() || word.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camelCase.toString();
    }
}
