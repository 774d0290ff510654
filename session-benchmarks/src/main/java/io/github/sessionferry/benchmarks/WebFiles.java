package io.github.sessionferry.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Made-up session files of a web application, the same each time. Thread-safe: static methods only. */
final class WebFiles {

    private static final Instant NEWEST = Instant.parse("2026-01-05T10:00:00Z");
    private static final int DAY_SECONDS = 86_400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private WebFiles() {}

    static void write(Path folder, int sessions) throws IOException {
        for (int number = 0; number < sessions; number++) {
            Random random = new Random(number);
            Path file = folder.resolve(String.format("sess_%08x%08x%08x%08x", words(random, 4)));
            Files.write(file, JSON.writeValueAsBytes(state(number, random)));
            Files.setLastModifiedTime(file, FileTime.from(NEWEST.minusSeconds(random.nextInt(DAY_SECONDS))));
        }
    }

    private static Object[] words(Random random, int count) {
        return random.ints(count).boxed().toArray();
    }

    private static Map<String, Object> state(int number, Random random) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("logged_in", true);
        state.put("username", "user" + number);
        state.put("user_id", 10_000 + number);
        state.put("csrf_token", String.format("%08x%08x%08x%08x", words(random, 4)));
        state.put("lang", number % 2 == 0 ? "jp" : "en");
        state.put("usage_count", random.nextInt(100));
        state.put("gemini_3way_analysis", "三つの訳は同じ意味です。The three translations agree. ".repeat(random.nextInt(1, 10)));
        return state;
    }
}
