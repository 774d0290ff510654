package io.github.sessionferry.adk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a stored event in the form that ADK for Java reads: names in camelCase, bytes as Base64, offsets into a video
 * as numbers.
 *
 * <p>ADK for Python writes names in snake_case, bytes in the Base64 alphabet for addresses, and offsets as text such as
 * {@code 1.5s}, as Google's services do; ADK for Java reads none of these.
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

    private static final Set<String> OFFSETS = Set.of("startOffset", "endOffset");

    private static final Pattern SECONDS = Pattern.compile("(\\d+(\\.\\d{1,9})?)s");

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
            object.put(
                    name,
                    !foreign && value instanceof String text
                            ? text(name, text)
                            : plain(value, foreign || WITH_FOREIGN_KEYS.contains(name)));
        });
        return object;
    }

    private static Object text(String name, String text) {
        if (BYTES.contains(name)) {
            return standardAlphabet(text);
        }
        Matcher seconds = SECONDS.matcher(text);
        return OFFSETS.contains(name) && seconds.matches() ? new BigDecimal(seconds.group(1)) : text;
    }

    /** Writes the offsets into the video of a part, numbers in ADK's JSON, in the form in which they are stored. */
    static void storeOffsets(JsonNode part) {
        if (part.get("videoMetadata") instanceof ObjectNode video) {
            for (String name : OFFSETS) {
                if (video.path(name).isNumber()) {
                    video.put(
                            name,
                            video.get(name).decimalValue().stripTrailingZeros().toPlainString() + "s");
                }
            }
        }
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
