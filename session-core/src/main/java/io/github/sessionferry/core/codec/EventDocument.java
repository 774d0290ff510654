package io.github.sessionferry.core.codec;

import io.github.sessionferry.core.SessionEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as a document of fields, in the form that ADK gives its events: {@code id}, {@code invocation_id},
 * {@code author}, {@code timestamp}, {@code content}, {@code actions} with {@code state_delta}, and whatever else the
 * event has.
 *
 * <p>Thread-safe: static methods only.
 *
 * @see <a href="https://google.github.io/adk-docs/events/">ADK: events</a>
 * @since 0.1
 */
public final class EventDocument {

    private EventDocument() {}

    /**
     * Writes an event.
     *
     * @param event the event
     * @return its fields by snake_case name, the timestamp as an {@link Instant}; parts that are empty are left out
     */
    public static Map<String, @Nullable Object> write(SessionEvent event) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("id", event.id());
        if (!event.invocationId().isEmpty()) {
            document.put("invocation_id", event.invocationId());
        }
        document.put("author", event.author());
        document.put("timestamp", event.timestamp());
        event.content().ifPresent(content -> document.put("content", content));
        Map<String, @Nullable Object> actions = new LinkedHashMap<>();
        if (!event.stateDelta().isEmpty()) {
            actions.put("state_delta", event.stateDelta());
        }
        actions.putAll(event.actions());
        if (!actions.isEmpty()) {
            document.put("actions", actions);
        }
        document.putAll(event.fields());
        return document;
    }

    /**
     * Reads an event that this class or anybody else wrote, with names in snake_case or camelCase.
     *
     * @param document the fields by name
     * @param idOtherwise the event's id if the document has none; {@code null} if it must have one
     * @return the event, every field kept
     * @throws IllegalArgumentException if a field is missing or is not what it should be; the message names the field,
     *     not what it holds
     */
    public static SessionEvent read(Map<String, ? extends @Nullable Object> document, @Nullable String idOtherwise) {
        DocumentReader fields = new DocumentReader("event", document);
        String id = fields.text("id");
        String author = fields.text("author");
        Instant timestamp = fields.require(fields.time("timestamp"), "timestamp");
        String invocationId = fields.text("invocation_id", "invocationId");
        Map<String, @Nullable Object> content = fields.map("content");
        Map<String, @Nullable Object> allActions = fields.map("actions");
        DocumentReader actions = new DocumentReader("event's actions", allActions == null ? Map.of() : allActions);
        Map<String, @Nullable Object> stateDelta = actions.map("state_delta", "stateDelta");
        return SessionEvent.builder(
                        fields.require(id == null ? idOtherwise : id, "id"), author == null ? "" : author, timestamp)
                .invocationId(invocationId == null ? "" : invocationId)
                .content(content)
                .stateDelta(stateDelta == null ? Map.of() : stateDelta)
                .actions(actions.rest())
                .fields(fields.rest())
                .build();
    }
}
