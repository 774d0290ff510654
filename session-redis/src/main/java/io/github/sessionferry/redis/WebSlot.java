package io.github.sessionferry.redis;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.SessionDocument;
import io.github.sessionferry.redis.WebCategories.Category;
import io.github.sessionferry.redis.WebCategories.Form;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that stands under one session id: the session that the categories tell, and those of other users, which only
 * we know. Immutable.
 *
 * @param revision another one whenever anything of it changes; empty if there is nothing
 * @param now the server's time when it was read
 * @param details what is ours, field by field
 * @param parts the categories, field by field, in their order; a plain string under the empty name
 * @param ends when each category ends, in milliseconds since 1970; 0 for never
 */
record WebSlot(
        String revision, Instant now, Map<String, String> details, List<Map<String, String>> parts, List<Long> ends) {

    static final String UPDATED = "updated";
    static final String CREATED = "created";
    static final String EXPIRES = "expires";
    static final String FIELDS = "fields";
    static final String UNTIL = "until";
    private static final String OTHER = "other:";

    static WebSlot empty(WebCategories categories) {
        return new WebSlot(
                "",
                Instant.EPOCH,
                Map.of(),
                categories.all().stream()
                        .map(category -> Map.<String, String>of())
                        .toList(),
                categories.all().stream().map(category -> 0L).toList());
    }

    /** Reads what the script answers. */
    static WebSlot of(List<Object> answer) {
        List<Map<String, String>> parts = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (int i = 3; i < answer.size(); i += 2) {
            parts.add(pairs(answer.get(i)));
            ends.add((Long) answer.get(i + 1));
        }
        return new WebSlot(
                Arguments.text(answer.get(0)),
                Instant.ofEpochMilli((Long) answer.get(1)),
                pairs(answer.get(2)),
                parts,
                ends);
    }

    private static Map<String, String> pairs(Object list) {
        List<?> texts = (List<?>) list;
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i += 2) {
            pairs.put(text(texts.get(i)), text(texts.get(i + 1)));
        }
        return pairs;
    }

    private static String text(@Nullable Object bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap((byte[]) bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a field is not UTF-8 text", e);
        }
    }

    /** The session of a key; nothing if there is none. */
    Optional<Session> session(SessionKey key, WebKeys keys) {
        return plain(key.sessionId(), keys)
                .filter(session -> session.key().equals(key))
                .or(() -> other(key));
    }

    /** All sessions under the id, by user. */
    List<Session> sessions(String id, WebKeys keys) {
        List<Session> sessions = new ArrayList<>();
        plain(id, keys).ifPresent(sessions::add);
        details.keySet().stream().filter(name -> name.startsWith(OTHER)).forEach(name -> {
            String user = WebText.readField(name.substring(OTHER.length()));
            Optional<Session> other = other(new SessionKey(keys.appName(), user, id));
            other.filter(session -> sessions.isEmpty() || !sessions.get(0).key().equals(session.key()))
                    .ifPresent(sessions::add);
        });
        return sessions;
    }

    /** The session that the categories tell, whoever's it is. */
    Optional<Session> plain(String id, WebKeys keys) {
        if (!details.containsKey(UPDATED) && parts.stream().allMatch(Map::isEmpty)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> state = state(keys.categories());
        return Optional.of(Session.builder(keys.key(id, state), updateTime(keys.categories()))
                .state(state)
                .createTime(time(CREATED))
                .expireTime(time(EXPIRES))
                .fields(fields())
                .partExpireTimes(partExpireTimes(keys.categories()))
                .revision(revision)
                .build());
    }

    private Map<String, @Nullable Object> state(WebCategories categories) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Category category = categories.all().get(i);
            parts.get(i).forEach((field, text) -> {
                String key = category.form() == Form.STRING ? category.keys().get(0) : WebText.readField(field);
                if (!state.containsKey(key) || categories.of(key).equals(category)) {
                    state.put(key, WebText.read(text));
                }
            });
        }
        return state;
    }

    /**
     * The time that was noted, or that of a later write by somebody else: when a category ends that we did not set to end
     * then, it was last written so much earlier as it lives.
     */
    private Instant updateTime(WebCategories categories) {
        Instant noted = time(UPDATED);
        Instant latest = noted == null ? Instant.EPOCH : noted;
        Map<String, String> until = until();
        for (int i = 0; i < ends.size(); i++) {
            Category category = categories.all().get(i);
            Optional<Duration> ttl = category.ttl();
            long end = ends.get(i);
            if (end > 0 && ttl.isPresent() && !String.valueOf(end).equals(until.get(category.name()))) {
                Instant written = Instant.ofEpochMilli(end).minus(ttl.get());
                latest = written.isAfter(latest) ? written : latest;
            }
        }
        return latest;
    }

    private Map<String, String> until() {
        Map<String, String> until = new LinkedHashMap<>();
        for (String note : details.getOrDefault(UNTIL, "").split(" ", -1)) {
            int equals = note.indexOf('=');
            if (equals > 0) {
                until.put(note.substring(0, equals), note.substring(equals + 1));
            }
        }
        return until;
    }

    private @Nullable Instant time(String name) {
        String text = details.get(name);
        return text == null ? null : RedisTime.parse(text, name);
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private Map<String, @Nullable Object> fields() {
        if (Json.read(details.getOrDefault(FIELDS, "{}")) instanceof Map<?, ?> fields) {
            return (Map<String, @Nullable Object>) fields;
        }
        throw new IllegalArgumentException("the session's fields are no JSON object");
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private Optional<Session> other(SessionKey key) {
        String document = details.get(OTHER + WebText.writeField(key.userId()));
        if (document == null) {
            return Optional.empty();
        }
        if (!(Json.read(document) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("a session of another user is no JSON object");
        }
        return Optional.of(SessionDocument.read((Map<String, @Nullable Object>) map).toBuilder()
                        .revision(revision)
                        .build())
                .filter(session ->
                        session.expireTime().filter(time -> !now.isBefore(time)).isEmpty());
    }

    /** The same without a session, whichever way it stands here. */
    WebContent without(SessionKey key, WebKeys keys) {
        Map<String, String> rest = others();
        rest.remove(OTHER + WebText.writeField(key.userId()));
        if (plain(key.sessionId(), keys)
                .filter(session -> session.key().equals(key))
                .isEmpty()) {
            return keeping(rest);
        }
        return nothing(rest, keys);
    }

    /** The same with a session as it is given, whichever way it can stand here. */
    WebContent with(SessionKey before, Session session, WebKeys keys) {
        Optional<Session> plain = plain(session.key().sessionId(), keys);
        boolean isTheirs = plain.isEmpty()
                || plain.get().key().equals(session.key())
                || plain.get().key().equals(before);
        Map<String, String> rest = others();
        rest.remove(OTHER + WebText.writeField(session.key().userId()));
        if (isTheirs && keys.key(session.key().sessionId(), session.state()).equals(session.key())) {
            rest.putAll(details(session));
            return new WebContent(
                    rest,
                    parts(session, keys.categories()),
                    limits(session, keys.categories()),
                    false,
                    session.expireTime());
        }
        rest.put(OTHER + WebText.writeField(session.key().userId()), Json.write(SessionDocument.write(session)));
        return isTheirs ? nothing(rest, keys) : keeping(rest);
    }

    private WebContent keeping(Map<String, String> others) {
        Map<String, String> rest = new LinkedHashMap<>(others);
        for (String own : List.of(UPDATED, CREATED, EXPIRES, FIELDS)) {
            if (details.containsKey(own)) {
                rest.put(own, details.get(own));
            }
        }
        return new WebContent(rest, parts, ends, true, Optional.empty());
    }

    private static WebContent nothing(Map<String, String> others, WebKeys keys) {
        WebSlot empty = empty(keys.categories());
        return new WebContent(others, empty.parts(), empty.ends(), false, Optional.empty());
    }

    private static List<Long> limits(Session session, WebCategories categories) {
        if (session.partExpireTimes().isEmpty()) {
            return Collections.nCopies(categories.all().size(), 0L);
        }
        return categories.all().stream()
                .map(category -> session.partExpireTimes().get(category.name()))
                .map(time -> time == null ? 0L : WebContent.millis(time))
                .toList();
    }

    private Map<String, Instant> partExpireTimes(WebCategories categories) {
        Map<String, Instant> times = new LinkedHashMap<>();
        for (int i = 0; i < ends.size(); i++) {
            if (ends.get(i) > 0) {
                times.put(categories.all().get(i).name(), Instant.ofEpochMilli(ends.get(i)));
            }
        }
        return times;
    }

    private Map<String, String> others() {
        Map<String, String> others = new LinkedHashMap<>(details);
        others.keySet().removeIf(name -> !name.startsWith(OTHER));
        return others;
    }

    private static Map<String, String> details(Session session) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(UPDATED, RedisTime.text(session.updateTime()));
        session.createTime().ifPresent(time -> details.put(CREATED, RedisTime.text(time)));
        session.expireTime().ifPresent(time -> details.put(EXPIRES, RedisTime.text(time)));
        if (!session.fields().isEmpty()) {
            details.put(FIELDS, Json.write(session.fields()));
        }
        return details;
    }

    private List<Map<String, String>> parts(Session session, WebCategories categories) {
        List<Map<String, String>> written = new ArrayList<>();
        categories.all().forEach(category -> written.add(new LinkedHashMap<>()));
        session.state().forEach((key, value) -> {
            if (StateScope.of(key) == StateScope.SESSION) {
                int place = categories.placeOf(key);
                boolean isString = categories.all().get(place).form() == Form.STRING;
                written.get(place).put(isString ? "" : WebText.writeField(key), WebText.write(value));
            }
        });
        for (int i = 0; i < parts.size(); i++) {
            Map<String, String> part = written.get(i);
            parts.get(i).forEach((field, text) -> {
                if (StateScope.of(WebText.readField(field)) != StateScope.SESSION) {
                    part.put(field, text);
                }
            });
        }
        return written;
    }

    /** The text of a field; nothing if there is none. */
    Optional<String> text(int category, String field) {
        return Optional.ofNullable(parts.get(category).get(field));
    }
}
