package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.EventDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dump of a session as the Agent Development Kit writes it, in snake_case or camelCase, and the older form that
 * has {@code context} in place of {@code state} and names no application or user.
 *
 * @param appName the application of dumps that name none; {@code null} to take it from the file's name
 * @param userId the user of dumps that name none
 */
record AdkDump(@Nullable String appName, String userId) {

    private static final String APP_OTHERWISE = "adk-json";
    private static final String APP_SEPARATOR = "--";

    /**
     * Reads a dump.
     *
     * @throws IllegalArgumentException if a field is missing or is not what it should be
     */
    Session read(Map<String, @Nullable Object> document, String fileName, Instant modified) {
        DocumentReader fields = new DocumentReader("dump", document);
        String app = fields.text("app_name", "appName");
        String user = fields.text("user_id", "userId");
        String id = fields.text("id");
        Instant updateTime = fields.time("last_update_time", "lastUpdateTime");
        Map<String, @Nullable Object> state = fields.map("state", "context");
        List<SessionEvent> events = events(fields.list("events"));
        SessionKey key = new SessionKey(
                app == null ? appOf(fileName) : app, user == null ? userId : user, id == null ? stem(fileName) : id);
        return Session.builder(key, updateTime == null ? newest(events, modified) : updateTime)
                .state(state == null ? Map.of() : state)
                .events(events)
                .fields(fields.rest())
                .build();
    }

    private String appOf(String fileName) {
        if (appName != null) {
            return appName;
        }
        int separator = fileName.indexOf(APP_SEPARATOR);
        return separator > 0 ? fileName.substring(0, separator) : APP_OTHERWISE;
    }

    private static String stem(String fileName) {
        String withoutSuffix = fileName.substring(0, fileName.length() - FileNames.SUFFIX.length());
        return withoutSuffix.isEmpty() ? fileName : withoutSuffix;
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static List<SessionEvent> events(@Nullable List<@Nullable Object> documents) {
        List<SessionEvent> events = new ArrayList<>();
        for (Object document : documents == null ? List.<@Nullable Object>of() : documents) {
            if (!(document instanceof Map<?, ?>)) {
                throw new IllegalArgumentException("an event of the dump is not a map");
            }
            events.add(EventDocument.read((Map<String, @Nullable Object>) document, "event-" + (events.size() + 1)));
        }
        return events;
    }

    private static Instant newest(List<SessionEvent> events, Instant otherwise) {
        return events.stream()
                .map(SessionEvent::timestamp)
                .max(Comparator.naturalOrder())
                .orElse(otherwise);
    }
}
