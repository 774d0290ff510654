package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.rollout.RolloutDecision.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutPolicyTest {

    /** Ids whose buckets under the salt "canary" stand in their names. */
    private static final String BUCKET_0 = "user-1712";

    private static final String BUCKET_999 = "user-12503";
    private static final String BUCKET_1000 = "user-6161";
    private static final String BUCKET_1234 = "user-11";
    private static final String BUCKET_9999 = "user-8790";

    @Test
    void decide_atPercentage_includesOnlyBucketsBelowIt() {
        RolloutPolicy tenPercent = canary().percentage(10).build();

        assertThat(tenPercent.decide(BUCKET_999))
                .isEqualTo(new RolloutDecision(Reason.WITHIN_PERCENTAGE, OptionalInt.of(999)));
        assertThat(tenPercent.decide(BUCKET_1000))
                .isEqualTo(new RolloutDecision(Reason.OUTSIDE_PERCENTAGE, OptionalInt.of(1000)));
    }

    @Test
    void decide_oneStepHigher_includesOneBucketMore() {
        assertThat(canary().percentage("12.34").build().decide(BUCKET_1234).included())
                .isFalse();
        assertThat(canary().percentage("12.35").build().decide(BUCKET_1234).included())
                .isTrue();
    }

    @Test
    void decide_atZero_includesNobody() {
        RolloutPolicy zero = canary().percentage(0).build();

        assertThat(zero.decide(BUCKET_0).included()).isFalse();
    }

    @Test
    void decide_atHundred_includesEverybody() {
        RolloutPolicy hundred = canary().percentage(100).build();

        assertThat(hundred.decide(BUCKET_9999).included()).isTrue();
    }

    @ParameterizedTest
    @NullAndEmptySource
    void decide_withoutUser_staysOnSource(String userId) {
        RolloutPolicy everybody = canary().percentage(100).build();

        assertThat(everybody.decide(userId)).isEqualTo(new RolloutDecision(Reason.NO_USER, OptionalInt.empty()));
    }

    @Test
    void decide_blankUserId_isAUserLikeAnyOther() {
        RolloutPolicy everybody = canary().percentage(100).build();

        assertThat(everybody.decide(" ").reason()).isEqualTo(Reason.WITHIN_PERCENTAGE);
    }

    @Test
    void decide_allowedUser_beatsThePercentage() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("alice")).build();

        assertThat(policy.decide("alice")).isEqualTo(new RolloutDecision(Reason.ALLOWED, OptionalInt.of(2451)));
    }

    @Test
    void decide_deniedUser_beatsAllowlistAndPercentage() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("alice"))
                .deniedUserIds(Set.of("alice"))
                .percentage(100)
                .build();

        assertThat(policy.decide("alice")).isEqualTo(new RolloutDecision(Reason.DENIED, OptionalInt.of(2451)));
    }

    @Test
    void decide_whenSwitchedOff_staysOnSourceAndKeepsTheBucket() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("alice"))
                .percentage(100)
                .enabled(false)
                .build();

        assertThat(policy.decide("alice")).isEqualTo(new RolloutDecision(Reason.DISABLED, OptionalInt.of(2451)));
    }

    @ParameterizedTest
    @ValueSource(strings = {" alice", "alice ", "Alice", "ALICE", "alice\u0000"})
    void decide_idThatOnlyResemblesAListedOne_isNotAllowed(String userId) {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("alice")).build();

        assertThat(policy.decide(userId).reason()).isEqualTo(Reason.OUTSIDE_PERCENTAGE);
    }

    @Test
    void decide_composedAndDecomposedForms_areDifferentUsers() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("us\u00e9r")).build();

        assertThat(policy.decide("us\u00e9r").included()).isTrue();
        assertThat(policy.decide("use\u0301r").included()).isFalse();
    }

    @Test
    void moveTo_higherPercentage_bringsInThoseBetween() {
        RolloutPolicy ten = canary().percentage(10).build();
        RolloutPolicy twenty = ten.toBuilder().percentage(20).build();

        assertThat(ten.moveTo(twenty, BUCKET_999)).isEqualTo(RolloutMove.STAYS_ON_TARGET);
        assertThat(ten.moveTo(twenty, BUCKET_1000)).isEqualTo(RolloutMove.ENTERS);
        assertThat(ten.moveTo(twenty, BUCKET_9999)).isEqualTo(RolloutMove.STAYS_ON_SOURCE);
        assertThat(twenty.moveTo(ten, BUCKET_1000)).isEqualTo(RolloutMove.LEAVES);
        assertThat(ten.moveTo(twenty, null)).isEqualTo(RolloutMove.STAYS_ON_SOURCE);
    }

    @Test
    void moveTo_policyThatDenies_sendsTheUserBack() {
        RolloutPolicy before = canary().allowedUserIds(Set.of("alice", "bob")).build();
        RolloutPolicy after = before.toBuilder().deniedUserIds(Set.of("bob")).build();

        Map<RolloutMove, Long> moves = Stream.of("alice", "bob", "carol")
                .collect(Collectors.groupingBy(user -> before.moveTo(after, user), Collectors.counting()));

        assertThat(moves)
                .containsOnly(
                        Map.entry(RolloutMove.STAYS_ON_TARGET, 1L),
                        Map.entry(RolloutMove.LEAVES, 1L),
                        Map.entry(RolloutMove.STAYS_ON_SOURCE, 1L));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -0.01, 100.01, 101, 100.001, 12.345, 1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void percentage_numberThatIsNone_isRejected(double percentage) {
        RolloutPolicy.Builder builder = canary();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.percentage(percentage))
                .withMessageContaining("from 0 to 100")
                .withMessageContaining(Double.toString(percentage));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "-1", "-0", "+1", "101", "100.01", "100.001", "10.500", "abc", "NaN", "1e1", "10%", " 10",
                "10 ", "1,5", ".5", "5.", "0x1", "١٠", "1_0", "1d"
            })
    void percentage_textThatIsNone_isRejected(String percentage) {
        RolloutPolicy.Builder builder = canary();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.percentage(percentage))
                .withMessageContaining("from 0 to 100");
    }

    @Test
    void percentage_hostileText_isNotRepeatedInTheMessage() {
        RolloutPolicy.Builder builder = canary();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.percentage("1\nINJECTED"))
                .withMessageEndingWith("not a text of 10 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.percentage("9".repeat(10_000)))
                .withMessageEndingWith("not a text of 10000 characters");
    }

    @Test
    void percentage_everyStep_comesBackUnchangedAsNumberAndAsText() {
        List<Integer> broken = new ArrayList<>();

        for (int step = 0; step <= 10_000; step++) {
            String text = step / 100 + "." + step / 10 % 10 + step % 10;
            RolloutPolicy fromText = canary().percentage(text).build();
            RolloutPolicy fromNumber =
                    canary().percentage(fromText.percentage()).build();
            if (!fromText.equals(fromNumber) || fromText.percentage() != Double.parseDouble(text)) {
                broken.add(step);
            }
        }

        assertThat(broken).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "a:b", ":", "a:"})
    void builder_unusableSalt_isRejected(String salt) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.builder(salt))
                .withMessageContaining("salt");
    }

    @Test
    void builder_emptyListedId_isRejected() {
        RolloutPolicy.Builder builder = canary();

        assertThatIllegalArgumentException().isThrownBy(() -> builder.allowedUserIds(List.of("a", "")));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.deniedUserIds(List.of("")));
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void builder_null_isRejectedByName() {
        RolloutPolicy.Builder builder = canary();

        assertThatNullPointerException()
                .isThrownBy(() -> RolloutPolicy.builder(null))
                .withMessage("salt");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.allowedUserIds(Arrays.asList("a", null)))
                .withMessage("userId");
        assertThatNullPointerException()
                .isThrownBy(() -> builder.percentage((String) null))
                .withMessage("percentage");
    }

    @Test
    void build_changedAfterwards_leavesThePolicyAlone() {
        List<String> ids = new ArrayList<>(List.of("alice"));
        RolloutPolicy.Builder builder = canary().allowedUserIds(ids);
        RolloutPolicy policy = builder.build();

        ids.add("bob");
        builder.percentage(100).deniedUserIds(Set.of("alice"));

        assertThat(policy).isEqualTo(canary().allowedUserIds(Set.of("alice")).build());
        assertThatThrownBy(() -> policy.allowedUserIds().add("eve")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void build_repeatedIds_countOnceInTheOrderGiven() {
        RolloutPolicy policy = canary().allowedUserIds(List.of("b", "a", "b")).build();

        assertThat(policy.allowedUserIds()).containsExactly("b", "a");
    }

    @Test
    void toBuilder_unchanged_buildsAnEqualPolicy() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("a"))
                .deniedUserIds(Set.of("d"))
                .percentage(12.5)
                .enabled(false)
                .build();

        RolloutPolicy copy = policy.toBuilder().build();

        assertThat(copy).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(copy.salt()).isEqualTo("canary");
        assertThat(copy.enabled()).isFalse();
        assertThat(copy.percentage()).isEqualTo(12.5);
        assertThat(copy.allowedUserIds()).containsExactly("a");
        assertThat(copy.deniedUserIds()).containsExactly("d");
    }

    @Test
    void equals_anyDifference_isUnequal() {
        RolloutPolicy policy = canary().build();

        assertThat(policy)
                .isNotEqualTo(RolloutPolicy.builder("other").build())
                .isNotEqualTo(canary().enabled(false).build())
                .isNotEqualTo(canary().percentage(0.01).build())
                .isNotEqualTo(canary().allowedUserIds(Set.of("a")).build())
                .isNotEqualTo(canary().deniedUserIds(Set.of("a")).build());
    }

    @Test
    void toString_withListedUsers_showsNoIds() {
        RolloutPolicy policy = canary().allowedUserIds(Set.of("alice@example.com"))
                .deniedUserIds(Set.of("mallory@example.com"))
                .percentage(12.5)
                .build();

        assertThat(policy)
                .hasToString("RolloutPolicy[salt=canary, enabled=true, percentage=12.5, 1 allowed, 1 denied]");
    }

    @Test
    void decision_contradictingItself_isRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RolloutDecision(Reason.NO_USER, OptionalInt.of(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new RolloutDecision(Reason.ALLOWED, OptionalInt.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RolloutDecision(Reason.ALLOWED, OptionalInt.of(10_000)));
        assertThatIllegalArgumentException().isThrownBy(() -> new RolloutDecision(Reason.ALLOWED, OptionalInt.of(-1)));
    }

    private static RolloutPolicy.Builder canary() {
        return RolloutPolicy.builder("canary");
    }
}
