package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BucketingVectorsTest {

    private static final Set<String> HASH_ROWS = Set.of("murmur3_x86_32", "murmur3_x86_32_trap");
    private static final Set<String> UNLEASH_ROWS = Set.of("unleash_normalized", "unleash_normalized_variant");

    record Vector(String salt, String userId, int bucket) {}

    /** Computed from the definition of the algorithm, not by this library. */
    static List<Vector> vectors() {
        return List.of(
                new Vector("gr1", "123", 7211),
                new Vector("groupX", "999", 2461),
                new Vector("firestore-to-agent-engine", "alice", 1879),
                new Vector("canary", "alice", 2451),
                new Vector("canary", "bob", 3477),
                new Vector("canary", " bob", 8026),
                new Vector("canary", "Bob", 1645),
                new Vector("canary", "user\u00e9", 7518),
                new Vector("canary", "usere\u0301", 3620),
                new Vector("canary", "日本語", 6115),
                new Vector("canary", "😀", 5062),
                new Vector("canary", "a:b/../c\n", 4338),
                new Vector("canary", "x".repeat(10_000), 170),
                new Vector("canary", "user-1712", 0),
                new Vector("canary", "user-8790", 9_999));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void decide_ofKnownKey_givesTheKnownBucket(Vector vector) {
        RolloutPolicy policy = RolloutPolicy.builder(vector.salt()).build();

        RolloutDecision decision = policy.decide(vector.userId());

        assertThat(decision.bucket()).hasValue(vector.bucket());
    }

    @Test
    void decide_ofLoneSurrogates_countsEachAsQuestionMark() {
        RolloutPolicy policy = RolloutPolicy.builder("canary").build();

        assertThat(policy.decide("\ud83d").bucket()).hasValue(7805);
        assertThat(policy.decide("?").bucket()).hasValue(7805);
        assertThat(policy.decide("a\ud83db").bucket()).hasValue(4168);
        assertThat(policy.decide("a?b").bucket()).hasValue(4168);
        assertThat(Bucketing.hash("\ude00\ud83d", 0)).isEqualTo(1_284_670_146L);
    }

    @ParameterizedTest
    @CsvSource({
        "ejOoVL, 0, 0",
        "bY9fO-, 1, 100",
        "SI7p-, 2147483647, 4736",
        "6LvT0, 2147483648, 4836",
        "ceQdGm, 4294967295, 9572",
        "hello, 613153351, 5133",
        "é, 269551495, 9514",
        "😀, 3199479546, 4695"
    })
    void bucket_ofHashAtTheEdgesOfItsRange_isUnsigned(String key, long hash, int bucket) {
        assertThat(Bucketing.hash(key, 0)).isEqualTo(hash);
        assertThat(Bucketing.bucket(hash)).isEqualTo(bucket);
    }

    @Test
    void hash_ofEveryPublishedVector_isAsPublished() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;

        for (JsonNode row : publishedVectors()) {
            String algorithm = row.path("algorithm").asText();
            if (HASH_ROWS.contains(algorithm)) {
                checked++;
                addIfWrong(wrong, row, hash(row));
            } else if (UNLEASH_ROWS.contains(algorithm)) {
                checked++;
                addIfWrong(wrong, row, unleashNormalized(row));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(checked).isPositive();
    }

    @Test
    void bucket_ofEveryPublishedUnleashVector_hasItsWholePercent() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;

        for (JsonNode row : publishedVectors()) {
            JsonNode input = row.path("input");
            boolean gradualRollout = row.path("algorithm").asText().equals("unleash_normalized")
                    && input.path("modulus").asInt() == 100
                    && input.path("seed").asLong() == 0;
            if (gradualRollout) {
                checked++;
                String prefix = Bucketing.keyPrefix(input.path("groupId").asText());
                int bucket = Bucketing.bucket(prefix, input.path("identifier").asText());
                addIfWrong(wrong, row, bucket / 100 + 1);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(checked).isPositive();
    }

    private static long hash(JsonNode row) {
        JsonNode input = row.path("input");
        return Bucketing.hash(
                input.path("utf8").asText(), (int) input.path("seed").asLong());
    }

    private static long unleashNormalized(JsonNode row) {
        JsonNode input = row.path("input");
        String key = Bucketing.keyPrefix(input.path("groupId").asText())
                + input.path("identifier").asText();
        return Bucketing.hash(key, (int) input.path("seed").asLong())
                        % input.path("modulus").asLong()
                + 1;
    }

    private static void addIfWrong(List<String> wrong, JsonNode row, long actual) {
        if (row.path("expected").asLong(-1) != actual) {
            wrong.add("got " + actual + " for " + row);
        }
    }

    private static JsonNode publishedVectors() throws IOException {
        Path file = checkout().resolveSibling("shared").resolve("data/bucketing-vectors.json");
        assumeTrue(Files.isReadable(file), "no published vectors beside the checkout at ../shared/data");
        return JsonMapper.builder().build().readTree(file.toFile());
    }

    private static Path checkout() {
        Path module = Path.of("").toAbsolutePath();
        return Stream.iterate(module, directory -> directory != null, Path::getParent)
                .filter(directory -> Files.exists(directory.resolve("mvnw")))
                .findFirst()
                .orElse(module);
    }
}
