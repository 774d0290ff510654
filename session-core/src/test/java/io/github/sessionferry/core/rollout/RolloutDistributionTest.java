package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chi-square tests at the 0.1 % level. Ids are fixed, so that each either always passes or never. */
class RolloutDistributionTest {

    private static final int USERS = 100_000;
    private static final double CRITICAL_99 = 148.23;
    private static final double CRITICAL_9999 = 10_441.71;

    private static final Map<String, IntFunction<String>> ID_KINDS = Map.of(
            "number", Integer::toString,
            "named", i -> "user-" + i,
            "email", i -> "user" + i + "@example.com",
            "japanese", i -> "利用者" + i + "😀",
            "uuid", i -> uuid(i));

    @ParameterizedTest
    @CsvSource({"canary, number", "canary, named", "canary, email", "canary, japanese", "canary, uuid", "移行, named"})
    void bucket_ofManyUsers_isUniform(String salt, String idKind) {
        int[] perBucket = new int[10_000];
        int[] perPercent = new int[100];

        for (String userId : users(idKind)) {
            int bucket = bucket(salt, userId);
            perBucket[bucket]++;
            perPercent[bucket / 100]++;
        }

        assertThat(chiSquare(perPercent)).isLessThan(CRITICAL_99);
        assertThat(chiSquare(perBucket)).isLessThan(CRITICAL_9999);
    }

    @ParameterizedTest
    @CsvSource({"canary, canary2, named", "canary, rollback, uuid", "a, b, number", "migration-1, migration-2, email"})
    void bucket_underTwoSalts_isIndependent(String oneSalt, String otherSalt, String idKind) {
        int[] perPairOfDeciles = new int[100];

        for (String userId : users(idKind)) {
            int one = bucket(oneSalt, userId) / 1_000;
            int other = bucket(otherSalt, userId) / 1_000;
            perPairOfDeciles[one * 10 + other]++;
        }

        assertThat(chiSquare(perPairOfDeciles)).isLessThan(CRITICAL_99);
    }

    private static int bucket(String salt, String userId) {
        return RolloutPolicy.builder(salt).build().decide(userId).bucket().orElseThrow();
    }

    private static List<String> users(String idKind) {
        IntFunction<String> id = ID_KINDS.get(idKind);
        return IntStream.range(0, USERS).mapToObj(id).toList();
    }

    private static String uuid(int i) {
        Random random = new Random(i);
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static double chiSquare(int[] observed) {
        double expected = (double) USERS / observed.length;
        double sum = 0;
        for (int count : observed) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }
}
