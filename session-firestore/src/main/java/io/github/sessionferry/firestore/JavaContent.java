package io.github.sessionferry.firestore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of an event as ADK for Java keeps it in Firestore: parts with texts, calls and their responses, and files,
 * in camelCase; no role, and no ids of calls. Other parts, and what else a part has, stand as they are, and ADK passes
 * over them. Thread-safe: static methods only.
 */
final class JavaContent {

    static final String PARTS = "parts";
    static final String FUNCTION_CALL = "functionCall";
    static final String FUNCTION_RESPONSE = "functionResponse";
    static final String ID = "id";

    private static final String FILE_DATA = "fileData";
    private static final String ROLE = "role";

    private static final Map<String, String> OF_PARTS =
            Map.of("function_call", FUNCTION_CALL, "function_response", FUNCTION_RESPONSE, "file_data", FILE_DATA);
    private static final Map<String, String> OF_FILES = Map.of("file_uri", "fileUri", "mime_type", "mimeType");

    private JavaContent() {}

    /** The content with the role that it had, which its author and its parts tell. */
    static Map<String, @Nullable Object> read(Map<String, @Nullable Object> content, boolean isUsers) {
        Map<String, @Nullable Object> read = new LinkedHashMap<>();
        read.put(ROLE, isUsers || hasResponse(content) ? "user" : "model");
        read.putAll(content);
        return read;
    }

    private static boolean hasResponse(Map<String, @Nullable Object> content) {
        return content.get(PARTS) instanceof List<?> parts
                && parts.stream()
                        .anyMatch(part -> part instanceof Map<?, ?> fields && fields.containsKey(FUNCTION_RESPONSE));
    }

    /** The form that ADK keeps. */
    static Map<String, @Nullable Object> write(Map<String, @Nullable Object> content) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>(content);
        written.remove(ROLE);
        written.put(
                PARTS,
                content.get(PARTS) instanceof List<?> parts ? parts(parts) : content.getOrDefault(PARTS, List.of()));
        return written;
    }

    private static List<@Nullable Object> parts(List<?> parts) {
        List<@Nullable Object> written = new ArrayList<>(parts.size());
        parts.forEach(part -> written.add(part instanceof Map<?, ?> fields ? part(MapDifference.map(fields)) : part));
        return written;
    }

    private static Map<String, @Nullable Object> part(Map<String, @Nullable Object> part) {
        Map<String, @Nullable Object> written = renamed(part, OF_PARTS);
        written.replaceAll((name, value) -> {
            if (!(value instanceof Map<?, ?> fields)) {
                return value;
            }
            return switch (name) {
                case FUNCTION_CALL, FUNCTION_RESPONSE -> withoutId(MapDifference.map(fields));
                case FILE_DATA -> renamed(MapDifference.map(fields), OF_FILES);
                default -> value;
            };
        });
        return written;
    }

    private static Map<String, @Nullable Object> withoutId(Map<String, @Nullable Object> fields) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>(fields);
        written.remove(ID);
        return written;
    }

    private static Map<String, @Nullable Object> renamed(
            Map<String, @Nullable Object> fields, Map<String, String> names) {
        Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            String other = names.getOrDefault(name, name);
            renamed.put(fields.containsKey(other) ? name : other, value);
        });
        return renamed;
    }
}
