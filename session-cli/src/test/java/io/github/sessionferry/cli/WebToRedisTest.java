package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Session files of a web application go to Redis by the commands, as the application's other programs expect them there. */
@Timeout(120)
class WebToRedisTest {

    private static final int SESSIONS = 500;
    private static final Map<String, Long> TTL_SECONDS =
            Map.of("auth", 3_600L, "security", 3_600L, "analysis", 900L, "ui", 86_400L, "stats", 86_400L);

    @TempDir
    private Path folder;

    private void writeFiles() throws IOException {
        for (int i = 0; i < SESSIONS; i++) {
            Path file = Files.writeString(
                    folder.resolve("sess_" + i),
                    ("{\"logged_in\": true, \"username\": \"admin\", \"user_id\": %d, \"csrf_token\": \"f0%d\","
                                    + " \"lang\": \"jp\", \"usage_count\": 5, \"gemini_3way_analysis\": \"三つの訳\"}")
                            .formatted(i, i));
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-05T10:00:00.123456Z")));
        }
    }

    @Test
    void migrate_ofSessionFiles_writesTheCategoriesWithTheirLives_andValidateFindsThemEqual() throws IOException {
        writeFiles();
        String from = "file:" + folder + "?layout=web&userKey=user_id";
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.address())) {
            String to = server.address() + "?layout=web&userKey=user_id";
            Instant begin = Instant.now();

            Run migrate = Run.of("migrate", "--from", from, "--to", to, "--json");

            RedisCommands<String, String> redis = client.connect().sync();
            assertThat(migrate.exitCode()).as(migrate.err()).isZero();
            assertThat(migrate.json().get("created").asInt()).isEqualTo(SESSIONS);
            assertThat(redis.dbsize()).isEqualTo(SESSIONS * (TTL_SECONDS.size() + 1L));
            for (int i = 0; i < SESSIONS; i++) {
                assertThat(redis.hgetall("session:auth:" + i))
                        .isEqualTo(Map.of("logged_in", "true", "username", "admin", "user_id", "" + i));
                assertThat(redis.hgetall("session:security:" + i)).isEqualTo(Map.of("csrf_token", "f0" + i));
                assertThat(redis.hgetall("session:ui:" + i)).isEqualTo(Map.of("lang", "jp"));
                assertThat(redis.hgetall("session:stats:" + i)).isEqualTo(Map.of("usage_count", "5"));
                assertThat(redis.get("session:analysis:" + i)).isEqualTo("三つの訳");
            }
            for (Map.Entry<String, Long> ttl : TTL_SECONDS.entrySet()) {
                for (int i = 0; i < SESSIONS; i++) {
                    long left = redis.pttl("session:" + ttl.getKey() + ":" + i);
                    long since = Duration.between(begin, Instant.now()).toMillis();
                    assertThat(left).isBetween(ttl.getValue() * 1_000 - since - 1_000, ttl.getValue() * 1_000);
                }
            }
            Run validate = Run.of("validate", "--from", from, "--to", to, "--json");
            assertThat(validate.exitCode()).as(validate.err()).isZero();
            assertThat(validate.json().get("matched").asInt()).isEqualTo(SESSIONS);
        }
    }
}
