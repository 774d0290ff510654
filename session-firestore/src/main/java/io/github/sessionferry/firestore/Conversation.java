package io.github.sessionferry.firestore;

import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives the events of a session, one after the other, the ids that ADK for Java does not keep, always the same ones: an
 * invocation begins with each event of the user; a response belongs to the first call of its function that has none yet.
 * Not thread-safe.
 */
final class Conversation {

    private String invocationId = "";
    private final Map<String, Integer> synthesisedIds = new HashMap<>();
    private final Map<String, List<String>> unanswered = new HashMap<>();

    /** An event that comes next, with ids where it has none. */
    SessionEvent restore(SessionEvent event) {
        synthesisedIds.merge("event", 1, Integer::sum);
        synthesisedIds.merge("invocation", 1, Integer::sum);
        boolean begins = event.author().equals("user") || invocationId.isEmpty();
        return event.toBuilder()
                .invocationId(begins ? DerivedId.of("invocation-" + event.id()) : invocationId)
                .content(event.content()
                        .map(content -> restore(content, event.id()))
                        .orElse(null))
                .build();
    }

    private Map<String, @Nullable Object> restore(Map<String, @Nullable Object> content, String eventId) {
        if (!(content.get(JavaContent.PARTS) instanceof List<?> parts)) {
            return content;
        }
        Map<String, List<String>> calls = new HashMap<>();
        unanswered.forEach((name, ids) -> calls.put(name, new ArrayList<>(ids)));
        List<@Nullable Object> restored = new ArrayList<>(parts.size());
        for (Object part : parts) {
            restored.add(
                    part instanceof Map<?, ?> fields
                            ? restore(MapDifference.map(fields), eventId + "-" + restored.size(), calls)
                            : part);
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>(content);
        whole.put(JavaContent.PARTS, restored);
        return whole;
    }

    private Map<String, @Nullable Object> restore(
            Map<String, @Nullable Object> part, String place, Map<String, List<String>> calls) {
        Map<String, @Nullable Object> restored = new LinkedHashMap<>(part);
        restored.replaceAll((kind, value) -> {
            if (!(value instanceof Map<?, ?> fields) || fields.containsKey(JavaContent.ID)) {
                return value;
            }
            return switch (kind) {
                case JavaContent.FUNCTION_CALL -> {
                    synthesisedIds.merge("call", 1, Integer::sum);
                    yield withId(fields, DerivedId.of("call-" + place));
                }
                case JavaContent.FUNCTION_RESPONSE -> {
                    List<String> ids = calls.getOrDefault(nameOf(fields), List.of());
                    yield ids.isEmpty() ? value : withId(fields, ids.remove(0));
                }
                default -> value;
            };
        });
        return restored;
    }

    private static Map<String, @Nullable Object> withId(Map<?, ?> fields, String id) {
        Map<String, @Nullable Object> withId = new LinkedHashMap<>(MapDifference.map(fields));
        withId.put(JavaContent.ID, id);
        return withId;
    }

    private static String nameOf(Map<?, ?> fields) {
        return String.valueOf(fields.get("name"));
    }

    /** How many ids were given, by kind; a call and its response have one together. */
    Map<String, Integer> synthesisedIds() {
        return Map.copyOf(synthesisedIds);
    }

    /** Goes on after an event that has its ids. */
    void add(SessionEvent event) {
        invocationId = event.invocationId();
        if (event.content().map(content -> content.get(JavaContent.PARTS)).orElse(null) instanceof List<?> parts) {
            parts.forEach(this::addPart);
        }
    }

    private void addPart(@Nullable Object part) {
        if (!(part instanceof Map<?, ?> fields)) {
            return;
        }
        if (field(fields, JavaContent.FUNCTION_CALL, "function_call") instanceof Map<?, ?> call
                && call.get(JavaContent.ID) instanceof String id) {
            unanswered.computeIfAbsent(nameOf(call), name -> new ArrayList<>()).add(id);
        }
        if (field(fields, JavaContent.FUNCTION_RESPONSE, "function_response") instanceof Map<?, ?> response
                && response.get(JavaContent.ID) instanceof String id) {
            unanswered.values().forEach(ids -> ids.remove(id));
        }
    }

    private static @Nullable Object field(Map<?, ?> fields, String camelCase, String snakeCase) {
        return fields.containsKey(camelCase) ? fields.get(camelCase) : fields.get(snakeCase);
    }
}
