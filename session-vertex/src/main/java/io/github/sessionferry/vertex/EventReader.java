package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.protobuf.Struct;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.ValueEncoding;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the engine's events, whoever wrote them: from their full form if they have one, else from the native fields. */
final class EventReader {

    private static final ValueEncoding ENCODING = ValueEncoding.struct();

    private EventReader() {}

    /**
     * An event and its place among those of one time.
     *
     * @param event the event
     * @param sequence its place among those stored with it; the greatest number for an event that was appended alone
     */
    record Read(io.github.sessionferry.core.SessionEvent event, long sequence) {

        Instant time() {
            return event.timestamp();
        }
    }

    /** @throws IllegalArgumentException if the event is none; the message holds no content */
    static Read read(SessionEvent stored) {
        Map<String, @Nullable Object> document =
                stored.hasRawEvent() ? rawDocument(stored.getRawEvent()) : NativeEvents.document(stored);
        document.put("timestamp", Times.instant(stored.getTimestamp()));
        Map<String, @Nullable Object> ours = takeOurs(document);
        document.putIfAbsent("author", stored.getAuthor());
        if (!document.containsKey("invocationId")) {
            document.putIfAbsent("invocation_id", stored.getInvocationId());
        }
        document.putAll(decoded(ours, RawEventWriter.FIELDS));
        Map<String, @Nullable Object> exactActions = decoded(ours, RawEventWriter.ACTIONS);
        if (!exactActions.isEmpty()) {
            Map<String, @Nullable Object> actions = entries(document.get("actions"));
            exactActions.forEach((name, value) -> {
                actions.remove(name.equals("state_delta") ? "stateDelta" : AdkEvent.ACTIONS.get(name));
                actions.put(name, value);
            });
            document.put("actions", actions);
        }
        long sequence = ours.get(RawEventWriter.SEQUENCE) instanceof Long number ? number : Long.MAX_VALUE;
        return new Read(EventDocument.read(document, EngineIds.lastSegment(stored.getName())), sequence);
    }

    private static Map<String, @Nullable Object> rawDocument(Struct raw) {
        Map<String, @Nullable Object> document = StructValues.map(raw);
        AdkEvent.FIELDS.forEach((name, rawName) -> rename(document, rawName, name));
        rename(document, "customMetadata", AdkEvent.CUSTOM_METADATA);
        return document;
    }

    private static void rename(Map<String, @Nullable Object> document, String from, String to) {
        if (!from.equals(to) && document.containsKey(from)) {
            document.put(to, document.remove(from));
        }
    }

    private static Map<String, @Nullable Object> takeOurs(Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> metadata = entries(document.get(AdkEvent.CUSTOM_METADATA));
        if (!metadata.containsKey(RawEventWriter.OURS)) {
            return Map.of();
        }
        Map<String, @Nullable Object> ours = entries(metadata.remove(RawEventWriter.OURS));
        if (metadata.isEmpty()) {
            document.remove(AdkEvent.CUSTOM_METADATA);
        } else {
            document.put(AdkEvent.CUSTOM_METADATA, metadata);
        }
        return ours;
    }

    private static Map<String, @Nullable Object> decoded(Map<String, @Nullable Object> ours, String part) {
        return ENCODING.decodeEntries(entries(ours.get(part)));
    }

    @SuppressWarnings("unchecked") // maps that come from a Struct have no other keys
    private static Map<String, @Nullable Object> entries(@Nullable Object map) {
        return map instanceof Map<?, ?>
                ? new LinkedHashMap<>((Map<String, @Nullable Object>) map)
                : new LinkedHashMap<>();
    }
}
