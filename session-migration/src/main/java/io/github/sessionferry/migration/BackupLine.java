package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.SessionDocument;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * A line of a backup: {@code {"sha256":"…","session":{…}}}, where the hash is that of the last value's bytes as they stand
 * there. Immutable.
 *
 * @param kind what it tells
 * @param document the last value
 */
record BackupLine(Kind kind, Map<String, ? extends @Nullable Object> document) {

    /** What a line can tell. */
    enum Kind {
        /** A session, as {@link SessionDocument} writes it. */
        SESSION,
        /** The shared state of an application or a user. */
        SHARED_STATE,
        /** What the source has and could not be read. */
        UNREADABLE;

        private byte[] prefix() {
            return ("\",\"" + name().toLowerCase(Locale.ROOT) + "\":").getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final byte[] BEGIN = "{\"sha256\":\"".getBytes(StandardCharsets.UTF_8);
    private static final int HASH_CHARS = 64;

    static BackupLine of(Session session) {
        return new BackupLine(Kind.SESSION, SessionDocument.write(session));
    }

    static BackupLine of(SharedScope scope, Map<String, SharedValue> values) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("value", value.value());
            value.writeTime().ifPresent(time -> one.put("write_time", time));
            state.put(key, one);
        });
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("app_name", scope.appName());
        scope.userId().ifPresent(user -> document.put("user_id", user));
        document.put("values", state);
        return new BackupLine(Kind.SHARED_STATE, document);
    }

    static BackupLine unreadable(Object item, Failure failure, boolean skipped) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("item", BackupItems.write(item));
        document.put("code", failure.code());
        document.put("reason", failure.message());
        document.put("skipped", skipped);
        return new BackupLine(Kind.UNREADABLE, document);
    }

    /** The line without an end. */
    byte[] bytes() {
        byte[] text = Json.write(document).getBytes(StandardCharsets.UTF_8);
        byte[] hash = DigestUtils.sha256Hex(text).getBytes(StandardCharsets.UTF_8);
        byte[] prefix = kind.prefix();
        return ByteBuffer.allocate(BEGIN.length + hash.length + prefix.length + text.length + 1)
                .put(BEGIN)
                .put(hash)
                .put(prefix)
                .put(text)
                .put((byte) '}')
                .array();
    }

    /** Reads a line and checks its hash. */
    static BackupLine parse(byte[] line) throws BackupDamage {
        for (Kind kind : Kind.values()) {
            byte[] prefix = kind.prefix();
            int text = BEGIN.length + HASH_CHARS + prefix.length;
            if (line.length > text
                    && startsWith(line, 0, BEGIN)
                    && startsWith(line, BEGIN.length + HASH_CHARS, prefix)
                    && line[line.length - 1] == '}') {
                byte[] value = Arrays.copyOfRange(line, text, line.length - 1);
                requireHash(line, value);
                return new BackupLine(kind, object(value));
            }
        }
        throw new BackupDamage("a line is none of a backup");
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static Map<String, @Nullable Object> object(byte[] json) throws BackupDamage {
        try {
            if (Json.read(new String(json, StandardCharsets.UTF_8)) instanceof Map<?, ?> map) {
                return (Map<String, @Nullable Object>) map;
            }
        } catch (IllegalArgumentException e) {
            throw new BackupDamage("a line holds no JSON", e);
        }
        throw new BackupDamage("a line holds no JSON object");
    }

    /** Looks at the kind alone. */
    static boolean isUnreadable(byte[] line) {
        return startsWith(line, BEGIN.length + HASH_CHARS, Kind.UNREADABLE.prefix());
    }

    private static boolean startsWith(byte[] line, int offset, byte[] part) {
        return line.length >= offset + part.length
                && Arrays.equals(line, offset, offset + part.length, part, 0, part.length);
    }

    private static void requireHash(byte[] line, byte[] value) throws BackupDamage {
        String hash = new String(line, BEGIN.length, HASH_CHARS, StandardCharsets.UTF_8);
        if (!DigestUtils.sha256Hex(value).equals(hash)) {
            throw new BackupDamage("a line does not have the hash that it tells");
        }
    }

    Session session() throws BackupDamage {
        try {
            return SessionDocument.read(document);
        } catch (IllegalArgumentException e) {
            throw new BackupDamage("a session cannot be read: " + e.getMessage(), e);
        }
    }

    SharedScope scope() throws BackupDamage {
        try {
            DocumentReader fields = new DocumentReader("shared state", document);
            String app = fields.require(fields.text("app_name"), "app_name");
            String user = fields.text("user_id");
            return user == null ? SharedScope.app(app) : SharedScope.user(app, user);
        } catch (IllegalArgumentException e) {
            throw new BackupDamage("shared state cannot be read: " + e.getMessage(), e);
        }
    }

    Map<String, SharedValue> values() throws BackupDamage {
        try {
            DocumentReader fields = new DocumentReader("shared state", document);
            Map<String, SharedValue> values = new LinkedHashMap<>();
            fields.require(fields.map("values"), "values").forEach((key, value) -> values.put(key, value(value)));
            return values;
        } catch (IllegalArgumentException e) {
            throw new BackupDamage("shared state cannot be read: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static SharedValue value(@Nullable Object document) {
        if (!(document instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("a value is no map");
        }
        DocumentReader fields = new DocumentReader("value", (Map<String, @Nullable Object>) map);
        return SharedValue.of(map.get("value"), fields.time("write_time"));
    }

    /** Adds what the line tells of something unreadable. */
    void addTo(Problems problems) throws BackupDamage {
        try {
            DocumentReader fields = new DocumentReader("record", document);
            String reason = fields.require(fields.text("reason"), "reason");
            Object item = BackupItems.read(document.get("item"));
            problems.add(
                    Boolean.TRUE.equals(document.get("skipped")),
                    fields.require(fields.text("code"), "code"),
                    item instanceof SessionKey key
                            ? Problem.Example.of(key, reason)
                            : Problem.Example.at(item.toString(), reason));
        } catch (IllegalArgumentException e) {
            throw new BackupDamage("a note of an unreadable record cannot be read", e);
        }
    }

    /** What the index finds the line by; empty if it is not looked for. */
    Optional<Object> item() throws BackupDamage {
        return switch (kind) {
            case SESSION -> Optional.of(session().key());
            case SHARED_STATE -> Optional.of(scope());
            case UNREADABLE -> Optional.empty();
        };
    }
}
