package io.github.sessionferry.redis;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session as its hash has it: its own state, a field a key, and its times. */
final class StoredSession {

    static final String KEY = "key";
    static final String UPDATED = "updated";
    static final String UNTIL = "until";
    static final String BORN = "born";
    static final String REVISION = "revision";
    private static final String STORING = "storing";
    private static final String CREATED = "created";
    private static final String EXPIRES = "expires";
    private static final String FIELDS = "fields";
    private static final String EVENTS = "events";
    private static final String STATE = "state:";

    private StoredSession() {}

    /** The fields that a session is stored as; the scripts add those of their own. */
    static Map<String, String> write(Session session) {
        SessionKey key = session.key();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(KEY, Json.write(List.of(key.appName(), key.userId(), key.sessionId())));
        session.createTime().ifPresent(time -> fields.put(CREATED, RedisTime.text(time)));
        fields.put(UPDATED, RedisTime.text(session.updateTime()));
        session.expireTime().ifPresent(time -> {
            fields.put(EXPIRES, RedisTime.text(time));
            fields.put(UNTIL, String.valueOf(RedisTime.comparable(time)));
        });
        fields.put(FIELDS, Json.write(session.fields()));
        session.state(StateScope.SESSION).forEach((name, value) -> fields.put(state(name), Json.write(value)));
        return fields;
    }

    /** The field of a state key. */
    static String state(String key) {
        return STATE + Json.write(key);
    }

    static String event(SessionEvent event) {
        return Json.write(EventDocument.write(event));
    }

    /**
     * Reads a session's hash.
     *
     * @return the session without events and shared state
     * @throws IllegalArgumentException if it is none; the message tells no content
     */
    static Session read(Map<String, String> fields) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        fields.forEach((field, value) -> {
            if (field.startsWith(STATE)) {
                state.put(text(Json.read(field.substring(STATE.length())), "state key"), Json.read(value));
            }
        });
        String created = fields.get(CREATED);
        String expires = fields.get(EXPIRES);
        return Session.builder(key(fields.get(KEY)), RedisTime.parse(require(fields, UPDATED), "update time"))
                .createTime(created == null ? null : RedisTime.parse(created, "create time"))
                .expireTime(expires == null ? null : RedisTime.parse(expires, "expiry"))
                .state(state)
                .fields(map(Json.read(require(fields, FIELDS)), FIELDS))
                .revision(require(fields, REVISION))
                .complete(!fields.containsKey(STORING))
                .build();
    }

    /** How many events there are, which is the number of the one that was added last. */
    static long events(Map<String, String> fields) {
        return Long.parseLong(require(fields, EVENTS));
    }

    static SessionKey key(@Nullable String text) {
        if (text != null && Json.read(text) instanceof List<?> parts && parts.size() == 3) {
            return new SessionKey(
                    text(parts.get(0), "application"), text(parts.get(1), "user"), text(parts.get(2), "id"));
        }
        throw new IllegalArgumentException("the session has no key");
    }

    static SessionEvent readEvent(String document) {
        return EventDocument.read(map(Json.read(document), "event"), null);
    }

    private static String require(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the session has no field " + name);
        }
        return value;
    }

    private static String text(@Nullable Object value, String name) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the session's " + name + " is no text");
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static Map<String, @Nullable Object> map(@Nullable Object value, String name) {
        if (value instanceof Map<?, ?>) {
            return (Map<String, @Nullable Object>) value;
        }
        throw new IllegalArgumentException("the session's " + name + " is no map");
    }
}
