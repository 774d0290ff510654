package io.github.sessionferry.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.redis.WebCategories;
import io.github.sessionferry.redis.WebCategories.Category;
import io.github.sessionferry.redis.WebCategories.Form;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One category of a session as a script brings it to Redis: with a command that writes it and one that lets it end.
 *
 * @param category the category
 * @param key its key in Redis
 * @param fields its fields and their texts
 */
record ScriptedPart(Category category, String key, Map<String, String> fields) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};
    private static final WebCategories CATEGORIES = WebCategories.standard();

    /** Reads a session's file. */
    static List<ScriptedPart> of(Path file) throws IOException {
        Map<Category, Map<String, String>> parts = new LinkedHashMap<>();
        JSON.readValue(new File(file.toString()), STATE)
                .forEach((key, value) -> parts.computeIfAbsent(CATEGORIES.of(key), category -> new LinkedHashMap<>())
                        .put(key, String.valueOf(value)));
        String id = String.valueOf(file.getFileName()).substring("sess_".length());
        return parts.entrySet().stream()
                .map(part -> new ScriptedPart(
                        part.getKey(), "session:" + part.getKey().name() + ":" + id, part.getValue()))
                .toList();
    }

    /** Sends one command after the other, each when the one before has been answered. */
    void send(RedisCommands<String, String> redis) {
        if (isHash()) {
            redis.hset(key, fields);
        } else {
            redis.set(key, fields.values().iterator().next());
        }
        redis.expire(key, ttlSeconds());
    }

    /** The commands as Redis reads them. */
    String protocol() {
        List<String> write = new ArrayList<>(List.of(isHash() ? "HSET" : "SET", key));
        fields.forEach((field, text) -> {
            if (isHash()) {
                write.add(field);
            }
            write.add(text);
        });
        return protocol(write) + protocol(List.of("EXPIRE", key, "" + ttlSeconds()));
    }

    private static String protocol(List<String> words) {
        StringBuilder text = new StringBuilder("*" + words.size() + "\r\n");
        words.forEach(word -> text.append("$" + word.getBytes(UTF_8).length + "\r\n" + word + "\r\n"));
        return text.toString();
    }

    private boolean isHash() {
        return category.form() == Form.HASH;
    }

    private long ttlSeconds() {
        return category.ttl().orElseThrow().toSeconds();
    }
}
