package io.github.sessionferry.adk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.adk.JsonBaseModel;
import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.EventDocument;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ADK's events and ours, by way of ADK's own JSON. */
final class AdkEvents {

    private static final TypeReference<Map<String, @Nullable Object>> DOCUMENT = new TypeReference<>() {};

    private AdkEvents() {}

    /**
     * Brings an event of ADK into the form in which it is stored.
     *
     * @throws IllegalArgumentException if it cannot be written as JSON; the message holds no content
     */
    static SessionEvent stored(Event event) {
        Map<String, @Nullable Object> document = document(event);
        EventActions actions = event.actions();
        if (document.get("actions") instanceof Map<?, ?> written) {
            Map<?, ?> others = new LinkedHashMap<>(written);
            others.remove("stateDelta");
            others.values().removeIf(value -> value instanceof Map<?, ?> map && map.isEmpty());
            document.put("actions", others);
        }
        document.put("timestamp", Instant.ofEpochMilli(event.timestamp()));
        return EventDocument.read(document, null).toBuilder()
                .stateDelta(AdkValues.delta(actions == null ? null : actions.stateDelta()))
                .build();
    }

    /**
     * Makes ADK's event of a stored one. What ADK has no field for is left out, as ADK's own reader does.
     *
     * @throws SessionException {@link SessionErrorCode#CORRUPT} if a field is not what ADK knows by its name
     */
    static Event event(SessionKey key, SessionEvent stored) {
        Map<String, @Nullable Object> document = AdkJson.document(
                EventDocument.write(stored.toBuilder().stateDelta(Map.of()).build()));
        document.put("timestamp", stored.timestamp().toEpochMilli());
        try {
            Event event = JsonBaseModel.getMapper().convertValue(document, Event.class);
            EventActions actions = event.actions().toBuilder()
                    .stateDelta(AdkValues.adkDelta(stored.stateDelta()))
                    .build();
            return event.toBuilder().actions(actions).build();
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    "event " + stored.id() + " of session " + key
                            + " has a field that ADK cannot read; the stored event is as it was",
                    key,
                    null,
                    null);
        }
    }

    private static Map<String, @Nullable Object> document(Event event) {
        try {
            JsonNode document = JsonBaseModel.getMapper().readTree(event.toJson());
            document.path("content").path("parts").forEach(AdkJson::storeOffsets);
            return JsonBaseModel.getMapper().convertValue(document, DOCUMENT);
        } catch (JsonProcessingException | IllegalStateException e) {
            throw new IllegalArgumentException("an event holds a value that ADK cannot write as JSON");
        }
    }
}
