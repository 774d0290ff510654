package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DumpTest {

    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<String, String> redis;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        client = RedisClient.create(RedisAccess.uri(server));
        redis = client.connect().sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        server.close();
    }

    @BeforeEach
    void empty() {
        redis.flushall();
    }

    @Test
    void checksum_ofTheDigits_isThatOfTheCatalogue() {
        byte[] digits = "123456789".getBytes(US_ASCII);

        assertThat(Crc64.of(digits, digits.length)).isEqualTo(0xe9c6d914c4b8d9caL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 16_383, 16_384, 5_000_000})
    void string_ofAnyLength_isRestored(int length) {
        String text = "€".repeat(length / 3) + "x".repeat(length % 3);

        redis.restore("key", Dump.string(text), RestoreArgs.Builder.ttl(Duration.ZERO));

        assertThat(text.getBytes(UTF_8)).hasSize(length);
        assertThat(redis.get("key")).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 20_000})
    void hash_ofAnySize_isRestored(int size) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            fields.put("field " + i, i % 3 == 0 ? "" + i : "text of " + i + " 三つ 🙂\n");
        }
        fields.put("", "");

        redis.restore("key", Dump.hash(fields), RestoreArgs.Builder.ttl(Duration.ZERO));

        assertThat(redis.hgetall("key")).isEqualTo(fields);
    }
}
