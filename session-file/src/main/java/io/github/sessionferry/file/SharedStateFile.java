package io.github.sessionferry.file;

import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.codec.DocumentReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The form of a file that holds shared state. */
final class SharedStateFile {

    private static final long VERSION = 1;

    private SharedStateFile() {}

    static Map<String, @Nullable Object> write(SharedScope scope, Map<String, SharedValue> values) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("version", VERSION);
        document.put("app_name", scope.appName());
        scope.userId().ifPresent(userId -> document.put("user_id", userId));
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("of", value.value());
            value.writeTime().ifPresent(time -> entry.put("write_time", time));
            entries.put(name, entry);
        });
        document.put("values", entries);
        return document;
    }

    static SharedScope scope(DocumentReader document) {
        if (!Long.valueOf(VERSION).equals(document.rest().remove("version"))) {
            throw new IllegalArgumentException("the shared state's version is not " + VERSION);
        }
        String appName = document.require(document.text("app_name"), "app_name");
        String userId = document.text("user_id");
        return userId == null ? SharedScope.app(appName) : SharedScope.user(appName, userId);
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    static Map<String, SharedValue> values(DocumentReader document) {
        Map<String, SharedValue> values = new LinkedHashMap<>();
        document.require(document.map("values"), "values").forEach((name, entry) -> {
            if (!(entry instanceof Map<?, ?>)) {
                throw new IllegalArgumentException("a value of the shared state is not a map");
            }
            DocumentReader fields = new DocumentReader("shared value", (Map<String, @Nullable Object>) entry);
            values.put(name, SharedValue.of(fields.rest().get("of"), fields.time("write_time")));
        });
        return values;
    }
}
