package io.github.sessionferry.core.codec;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole session as a document of fields: the project's own form, for stores and backups that have none.
 *
 * <p>Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class SessionDocument {

    private static final long VERSION = 1;

    private SessionDocument() {}

    /**
     * Writes a session with its events.
     *
     * @param session the session
     * @return its fields by name, times as {@link Instant}; the state as the session has it, the revision left out
     */
    public static Map<String, @Nullable Object> write(Session session) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("version", VERSION);
        document.put("app_name", session.key().appName());
        document.put("user_id", session.key().userId());
        document.put("id", session.key().sessionId());
        session.createTime().ifPresent(time -> document.put("create_time", time));
        document.put("update_time", session.updateTime());
        session.expireTime().ifPresent(time -> document.put("expire_time", time));
        if (!session.partExpireTimes().isEmpty()) {
            document.put("part_expire_times", session.partExpireTimes());
        }
        document.put("state", session.state());
        document.put("fields", session.fields());
        document.put(
                "events", session.events().stream().map(EventDocument::write).toList());
        return document;
    }

    /**
     * Reads a session that {@link #write} wrote.
     *
     * @param document the fields by name
     * @return an equal session
     * @throws IllegalArgumentException if a field is missing or is not what it should be, or the document is of a later
     *     version; the message names the field, not what it holds
     */
    public static Session read(Map<String, ? extends @Nullable Object> document) {
        DocumentReader fields = new DocumentReader("session", document);
        if (!Long.valueOf(VERSION).equals(fields.rest().remove("version"))) {
            throw new IllegalArgumentException("the session's version is not " + VERSION);
        }
        SessionKey key = new SessionKey(
                fields.require(fields.text("app_name"), "app_name"),
                fields.require(fields.text("user_id"), "user_id"),
                fields.require(fields.text("id"), "id"));
        Instant updateTime = fields.require(fields.time("update_time"), "update_time");
        return Session.builder(key, updateTime)
                .createTime(fields.time("create_time"))
                .expireTime(fields.time("expire_time"))
                .partExpireTimes(times(fields.map("part_expire_times")))
                .state(fields.require(fields.map("state"), "state"))
                .fields(fields.require(fields.map("fields"), "fields"))
                .events(events(fields.require(fields.list("events"), "events")))
                .build();
    }

    private static Map<String, Instant> times(@Nullable Map<String, @Nullable Object> document) {
        Map<String, Instant> times = new LinkedHashMap<>();
        if (document != null) {
            DocumentReader reader = new DocumentReader("session's part_expire_times", document);
            document.keySet().forEach(part -> times.put(part, reader.require(reader.time(part), part)));
        }
        return times;
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static List<SessionEvent> events(List<@Nullable Object> documents) {
        List<SessionEvent> events = new ArrayList<>(documents.size());
        for (Object document : documents) {
            if (!(document instanceof Map<?, ?>)) {
                throw new IllegalArgumentException("an event of the session is not a map");
            }
            events.add(EventDocument.read((Map<String, @Nullable Object>) document, null));
        }
        return events;
    }
}
