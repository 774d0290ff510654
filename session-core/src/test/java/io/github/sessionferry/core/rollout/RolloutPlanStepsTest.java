package io.github.sessionferry.core.rollout;

import static io.github.sessionferry.core.rollout.Stage.DUAL_WRITE;
import static io.github.sessionferry.core.rollout.Stage.SHADOW;
import static io.github.sessionferry.core.rollout.Stage.SOURCE_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_FIRST;
import static io.github.sessionferry.core.rollout.Stage.TARGET_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RolloutPlanStepsTest {

    private static final List<String> LISTED = List.of("ada", "bob", "carol");

    @Property
    void leadsTo_anyTwoPlansOfASalt_isWhetherNoUserMovesTwoSteps(
            @ForAll("plans") RolloutPlan before, @ForAll("plans") RolloutPlan after) {
        assertThat(before.leadsTo(after)).isEqualTo(nobodyMovesTwoSteps(before, after));
    }

    @Property
    void leadsTo_plansOfTwoSalts_neverOverlooksAUser(
            @ForAll("plans") RolloutPlan before, @ForAll("plansOfAnotherSalt") RolloutPlan after) {
        if (before.leadsTo(after)) {
            assertThat(nobodyMovesTwoSteps(before, after)).isTrue();
        }
    }

    @Test
    void leadsTo_nextPercentage_isOneStep() {
        RolloutPlan canary = RolloutPlan.of(SHADOW, TARGET_FIRST, percentage(1));

        assertThat(canary.leadsTo(RolloutPlan.of(SHADOW, TARGET_FIRST, percentage(10))))
                .isTrue();
        assertThat(canary.leadsTo(RolloutPlan.everybodyIn(SHADOW))).isTrue();
        assertThat(canary.leadsTo(RolloutPlan.everybodyIn(TARGET_FIRST))).isTrue();
        assertThat(canary.leadsTo(RolloutPlan.everybodyIn(DUAL_WRITE))).isFalse();
    }

    @Test
    void leadsTo_wholeStagesFurther_dependsOnWhoIsIncluded() {
        RolloutPlan nobody = RolloutPlan.of(SHADOW, TARGET_FIRST, percentage(0));
        RolloutPlan somebody = RolloutPlan.of(SHADOW, TARGET_FIRST, percentage(0.01));

        assertThat(nobody.leadsTo(RolloutPlan.everybodyIn(DUAL_WRITE))).isTrue();
        assertThat(somebody.leadsTo(RolloutPlan.everybodyIn(DUAL_WRITE))).isFalse();
    }

    @Test
    void leadsTo_everybodyIncluded_stillCountsUsersWithoutAnId() {
        RolloutPlan all = RolloutPlan.of(SOURCE_ONLY, DUAL_WRITE, percentage(100));

        assertThat(all.leadsTo(RolloutPlan.everybodyIn(SHADOW))).isFalse();
        assertThat(all.leadsTo(RolloutPlan.of(DUAL_WRITE, SHADOW, percentage(100))))
                .isTrue();
    }

    @Test
    void isOff_onlyIfNobodyIsBeyondTheSource() {
        assertThat(RolloutPlan.everybodyIn(SOURCE_ONLY).isOff()).isTrue();
        assertThat(RolloutPlan.of(SOURCE_ONLY, DUAL_WRITE, percentage(0)).isOff())
                .isTrue();
        assertThat(RolloutPlan.of(SOURCE_ONLY, DUAL_WRITE, percentage(1)).isOff())
                .isFalse();
        assertThat(RolloutPlan.everybodyIn(TARGET_ONLY).isOff()).isFalse();
    }

    private static boolean nobodyMovesTwoSteps(RolloutPlan before, RolloutPlan after) {
        return users().stream().allMatch(userId -> before.stageOf(userId).isBeside(after.stageOf(userId)));
    }

    private static List<@Nullable String> users() {
        List<@Nullable String> users = new ArrayList<>(LISTED);
        users.add(null);
        IntStream.range(0, 200).forEach(i -> users.add("user-" + i));
        return users;
    }

    private static RolloutPolicy percentage(double percentage) {
        return RolloutPolicy.builder("steps").percentage(percentage).build();
    }

    @Provide
    Arbitrary<RolloutPlan> plans() {
        return plans("steps");
    }

    @Provide
    Arbitrary<RolloutPlan> plansOfAnotherSalt() {
        return plans("others");
    }

    private static Arbitrary<RolloutPlan> plans(String salt) {
        Arbitrary<Set<String>> users = Arbitraries.of(LISTED).set();
        Arbitrary<RolloutPolicy> policies = Combinators.combine(
                        Arbitraries.of(0, 25, 75, 100), users, users, Arbitraries.of(true, true, true, false))
                .as((percentage, allowed, denied, enabled) -> RolloutPolicy.builder(salt)
                        .percentage(percentage)
                        .allowedUserIds(allowed)
                        .deniedUserIds(denied)
                        .enabled(enabled)
                        .build());
        Arbitrary<Stage> stages = Arbitraries.of(Stage.class);
        return Combinators.combine(stages, stages, policies)
                .filter((base, rollout, policy) -> base.isBeside(rollout))
                .as(RolloutPlan::of);
    }
}
