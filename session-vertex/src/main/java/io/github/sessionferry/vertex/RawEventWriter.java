package io.github.sessionferry.vertex;

import com.google.protobuf.Struct;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.codec.ValueEncoding;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the full form of one event into {@code raw_event}, as ADK does, so that ADK reads it.
 *
 * <p>What ADK's event has no field for, and the exact form of what a Struct cannot hold, stands beside it under
 * {@code customMetadata.session_ferry}. The invocation's id is left out: ADK puts the native one in its place.
 */
final class RawEventWriter {

    static final String OURS = "session_ferry";
    static final String FIELDS = "fields";
    static final String ACTIONS = "actions";
    static final String SEQUENCE = "sequence";

    private static final ValueEncoding ENCODING = ValueEncoding.struct();

    private final Encodings encodings;
    private final Map<String, @Nullable Object> raw = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> rawActions = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> exactFields = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> exactActions = new LinkedHashMap<>();

    private RawEventWriter(Encodings encodings) {
        this.encodings = encodings;
    }

    /**
     * Writes an event.
     *
     * @param sequence the event's place among those stored with it; {@code null} if it was appended alone
     */
    static Struct write(SessionEvent event, @Nullable Long sequence, Encodings encodings) {
        return new RawEventWriter(encodings).struct(event, sequence);
    }

    private Struct struct(SessionEvent event, @Nullable Long sequence) {
        raw.put("id", event.id());
        raw.put("author", NativeEvents.orStandIn(event.author()));
        raw.put("timestamp", DocumentReader.toEpochSeconds(event.timestamp()));
        if (event.author().isEmpty()) {
            exactFields.put("author", "");
        }
        if (event.invocationId().isEmpty()) {
            exactFields.put("invocation_id", "");
        }
        event.content().ifPresent(content -> put("content", "content", content, raw, exactFields));
        if (!event.stateDelta().isEmpty()) {
            put("state_delta", "stateDelta", event.stateDelta(), rawActions, exactActions);
        }
        putAll(event.actions(), AdkEvent.ACTIONS, rawActions, exactActions);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(event.fields());
        Map<String, @Nullable Object> customMetadata = new LinkedHashMap<>();
        if (fields.get(AdkEvent.CUSTOM_METADATA) instanceof Map<?, ?> metadata
                && !metadata.isEmpty()
                && !metadata.containsKey(OURS)) {
            put(AdkEvent.CUSTOM_METADATA, "", fields.remove(AdkEvent.CUSTOM_METADATA), customMetadata, exactFields);
            customMetadata = plainMap(customMetadata.get(""));
        }
        putAll(fields, AdkEvent.FIELDS, raw, exactFields);
        if (!rawActions.isEmpty()) {
            raw.put("actions", rawActions);
        }
        Map<String, @Nullable Object> ours = ours(sequence);
        if (!ours.isEmpty()) {
            customMetadata.put(OURS, ours);
        }
        if (!customMetadata.isEmpty()) {
            raw.put("customMetadata", customMetadata);
        }
        return StructValues.struct(raw);
    }

    private Map<String, @Nullable Object> ours(@Nullable Long sequence) {
        Map<String, @Nullable Object> ours = new LinkedHashMap<>();
        if (sequence != null) {
            ours.put(SEQUENCE, sequence);
        }
        if (!exactFields.isEmpty()) {
            ours.put(FIELDS, ENCODING.encodeEntries(exactFields, encodings));
        }
        if (!exactActions.isEmpty()) {
            ours.put(ACTIONS, ENCODING.encodeEntries(exactActions, encodings));
        }
        return ours;
    }

    private static void putAll(
            Map<String, @Nullable Object> values,
            Map<String, String> known,
            Map<String, @Nullable Object> raw,
            Map<String, @Nullable Object> exact) {
        values.forEach((name, value) -> {
            String rawName = known.get(name);
            if (rawName == null) {
                exact.put(name, value);
            } else {
                put(name, rawName, value, raw, exact);
            }
        });
    }

    private static void put(
            String name,
            String rawName,
            @Nullable Object value,
            Map<String, @Nullable Object> raw,
            Map<String, @Nullable Object> exact) {
        raw.put(rawName, PlainValues.of(value));
        Encodings needed = new Encodings();
        Object unused = ENCODING.encode(value, needed);
        if (!needed.counts().isEmpty()) {
            exact.put(name, value);
        }
    }

    @SuppressWarnings("unchecked") // plain maps have no other keys
    private static Map<String, @Nullable Object> plainMap(@Nullable Object map) {
        return new LinkedHashMap<>((Map<String, @Nullable Object>) map);
    }
}
