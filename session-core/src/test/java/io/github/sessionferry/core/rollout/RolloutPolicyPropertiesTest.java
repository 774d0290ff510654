package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.rollout.RolloutDecision.Reason;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RolloutPolicyPropertiesTest {

    @Property
    void decide_atHigherPercentage_neverMovesAnybodyOut(
            @ForAll("salts") String salt,
            @ForAll("userIds") String userId,
            @ForAll @IntRange(max = 10_000) int oneStep,
            @ForAll @IntRange(max = 10_000) int otherStep) {
        RolloutPolicy lower = atStep(salt, Math.min(oneStep, otherStep));
        RolloutPolicy higher = atStep(salt, Math.max(oneStep, otherStep));

        RolloutMove move = lower.moveTo(higher, userId);

        assertThat(move).isNotEqualTo(RolloutMove.LEAVES);
        assertThat(higher.moveTo(lower, userId)).isNotEqualTo(RolloutMove.ENTERS);
    }

    @Property
    void decide_atAnyPercentage_includesExactlyTheBucketsBelow(
            @ForAll("salts") String salt, @ForAll("userIds") String userId, @ForAll @IntRange(max = 10_000) int step) {
        RolloutDecision decision = atStep(salt, step).decide(userId);

        assertThat(decision.included()).isEqualTo(decision.bucket().orElseThrow() < step);
    }

    @Property
    void decide_atOwnBucket_isTheLastStepOutside(@ForAll("salts") String salt, @ForAll("userIds") String userId) {
        int bucket = atStep(salt, 0).decide(userId).bucket().orElseThrow();

        assertThat(atStep(salt, bucket).decide(userId).included()).isFalse();
        assertThat(atStep(salt, bucket + 1).decide(userId).included()).isTrue();
    }

    @Property
    void decide_atWholePercent_equalsUnleash(
            @ForAll("salts") String salt, @ForAll("userIds") String userId, @ForAll @IntRange(max = 100) int percent) {
        long hash = Bucketing.hash(salt + ":" + userId, 0);

        boolean included = atStep(salt, percent * 100).decide(userId).included();

        assertThat(included).isEqualTo(hash % 100 + 1 <= percent);
    }

    @Property
    void decide_listedUser_followsPrecedenceAtAnyPercentage(
            @ForAll("salts") String salt, @ForAll("userIds") String userId, @ForAll @IntRange(max = 10_000) int step) {
        RolloutPolicy allowing =
                atStep(salt, step).toBuilder().allowedUserIds(Set.of(userId)).build();
        RolloutPolicy denying =
                allowing.toBuilder().deniedUserIds(Set.of(userId)).build();

        assertThat(allowing.decide(userId).reason()).isEqualTo(Reason.ALLOWED);
        assertThat(denying.decide(userId).reason()).isEqualTo(Reason.DENIED);
    }

    @Provide
    Arbitrary<String> salts() {
        return Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(salt -> !salt.isBlank() && !salt.contains(":"));
    }

    @Provide
    Arbitrary<String> userIds() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMinLength(1).ofMaxLength(60),
                Arbitraries.strings()
                        .withCharRange('\ud700', '\ue000')
                        .ofMinLength(1)
                        .ofMaxLength(8),
                Arbitraries.of("6LvT0", "user-1", "a:b", ":", " ", "../../etc/passwd", "a\nb", "x".repeat(10_000)));
    }

    private static RolloutPolicy atStep(String salt, int step) {
        return RolloutPolicy.builder(salt).percentage(step / 100.0).build();
    }
}
