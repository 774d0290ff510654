package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.EventActions;
import com.google.cloud.aiplatform.v1.EventMetadata;
import com.google.cloud.aiplatform.v1.SessionEvent;
import io.github.sessionferry.core.codec.Encodings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events in the service's own fields, which every client reads. */
final class NativeEvents {

    /** Stands where the service requires a text and the event has none. */
    private static final String STAND_IN = "unknown";

    private static final String STATE_DELTA = "state_delta";
    private static final String TRANSFER_TO_AGENT = "transfer_to_agent";

    /** What ADK for Python hides in the custom metadata, for the service has no field for it. */
    private static final String HIDDEN_USAGE = "_usage_metadata";

    private static final String HIDDEN_COMPACTION = "_compaction";

    private NativeEvents() {}

    static String orStandIn(String text) {
        return text.isEmpty() ? STAND_IN : text;
    }

    /**
     * An event that changes the state when it is appended.
     *
     * @throws IllegalArgumentException if the service cannot hold the event; the message holds no content
     */
    static SessionEvent ofNew(io.github.sessionferry.core.SessionEvent event) {
        SessionEvent.Builder built = builder(event, null, new Encodings());
        Map<String, @Nullable Object> delta = StateCodec.encode(event.stateDelta(), new Encodings());
        if (!delta.isEmpty()) {
            built.getActionsBuilder().setStateDelta(StructValues.struct(delta));
        }
        return built.build();
    }

    /**
     * An event of the past: it changes no state when it is appended.
     *
     * @throws IllegalArgumentException if the service cannot hold the event; the message holds no content
     */
    static SessionEvent ofHistory(io.github.sessionferry.core.SessionEvent event, long sequence, Encodings encodings) {
        return builder(event, sequence, encodings).build();
    }

    private static SessionEvent.Builder builder(
            io.github.sessionferry.core.SessionEvent event, @Nullable Long sequence, Encodings encodings) {
        for (String text : List.of(event.id(), event.author(), event.invocationId())) {
            if (!Texts.isWellFormed(text)) {
                throw new IllegalArgumentException(
                        "an event's id, author or invocation id has half of a surrogate pair, which UTF-8 cannot hold");
            }
        }
        SessionEvent.Builder built = SessionEvent.newBuilder()
                .setAuthor(orStandIn(event.author()))
                .setInvocationId(orStandIn(event.invocationId()))
                .setTimestamp(Times.timestamp(event.timestamp()));
        event.content().ifPresent(content -> {
            MessageWriter.fill(built.getContentBuilder(), content);
            UnknownParts.count(content, encodings);
        });
        Map<String, @Nullable Object> actions = new LinkedHashMap<>(event.actions());
        actions.put("transfer_agent", actions.remove(TRANSFER_TO_AGENT));
        EventActions nativeActions =
                MessageWriter.fill(EventActions.newBuilder(), actions).build();
        if (!nativeActions.equals(EventActions.getDefaultInstance())) {
            built.setActions(nativeActions);
        }
        EventMetadata metadata =
                MessageWriter.fill(EventMetadata.newBuilder(), event.fields()).build();
        if (!metadata.equals(EventMetadata.getDefaultInstance())) {
            built.setEventMetadata(metadata);
        }
        if (event.fields().get("error_code") instanceof String code) {
            built.setErrorCode((String) PlainValues.of(code));
        }
        if (event.fields().get("error_message") instanceof String message) {
            built.setErrorMessage((String) PlainValues.of(message));
        }
        return built.setRawEvent(RawEventWriter.write(event, sequence, encodings));
    }

    /** The fields of an event that has no full form; messages that are set but empty count as absent. */
    static Map<String, @Nullable Object> document(SessionEvent stored) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("author", stored.getAuthor());
        document.put("invocation_id", stored.getInvocationId());
        putIfFilled(document, "content", MessageReader.map(stored.getContent()));
        Map<String, @Nullable Object> actions = MessageReader.map(stored.getActions());
        if (stored.getActions().hasStateDelta()) {
            actions.put(STATE_DELTA, StateCodec.decodeDelta(stored.getActions().getStateDelta()));
        }
        if (actions.containsKey("transfer_agent")) {
            actions.put(TRANSFER_TO_AGENT, actions.remove("transfer_agent"));
        }
        if (!stored.getErrorCode().isEmpty()) {
            document.put("error_code", stored.getErrorCode());
        }
        if (!stored.getErrorMessage().isEmpty()) {
            document.put("error_message", stored.getErrorMessage());
        }
        Map<String, @Nullable Object> metadata = MessageReader.map(stored.getEventMetadata());
        if (metadata.get(AdkEvent.CUSTOM_METADATA) instanceof Map<?, ?> custom) {
            Map<Object, @Nullable Object> visible = new LinkedHashMap<>(custom);
            move(visible, HIDDEN_USAGE, document, "usage_metadata");
            move(visible, HIDDEN_COMPACTION, actions, "compaction");
            metadata.put(AdkEvent.CUSTOM_METADATA, visible);
            if (visible.isEmpty()) {
                metadata.remove(AdkEvent.CUSTOM_METADATA);
            }
        }
        document.putAll(metadata);
        putIfFilled(document, "actions", actions);
        return document;
    }

    private static void putIfFilled(Map<String, @Nullable Object> document, String name, Map<String, ?> message) {
        if (!message.isEmpty()) {
            document.put(name, message);
        }
    }

    private static void move(
            Map<Object, @Nullable Object> from, String name, Map<String, @Nullable Object> to, String newName) {
        if (from.containsKey(name)) {
            to.put(newName, from.remove(name));
        }
    }
}
