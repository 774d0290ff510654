package io.github.sessionferry.migration.live;

import static io.github.sessionferry.core.rollout.Stage.DUAL_WRITE;
import static io.github.sessionferry.core.rollout.Stage.SHADOW;
import static io.github.sessionferry.core.rollout.Stage.SOURCE_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageStepTest {

    private final RolloutPolicy ten = RolloutPolicy.builder("s").percentage(10).build();

    @Test
    void between_raisedPercentage_somebodyEntersAndNobodyLeaves() {
        assertThat(between(ten, ten.toBuilder().percentage(50).build()))
                .containsExactly(new StageStep(SHADOW, TARGET_FIRST));
    }

    @Test
    void between_loweredPercentage_somebodyLeavesAndNobodyEnters() {
        assertThat(between(ten, ten.toBuilder().percentage(5).build()))
                .containsExactly(new StageStep(TARGET_FIRST, SHADOW));
    }

    @Test
    void between_otherSalt_somebodyEntersAndSomebodyLeaves() {
        assertThat(between(ten, RolloutPolicy.builder("t").percentage(10).build()))
                .containsExactlyInAnyOrder(new StageStep(SHADOW, TARGET_FIRST), new StageStep(TARGET_FIRST, SHADOW));
    }

    @Test
    void between_listedUsers_moveAsTheListsSay() {
        RolloutPolicy listed =
                RolloutPolicy.builder("s").allowedUserIds(List.of("ada")).build();
        RolloutPolicy denied = listed.toBuilder().deniedUserIds(List.of("ada")).build();

        assertThat(between(RolloutPolicy.builder("s").build(), listed))
                .containsExactly(new StageStep(SHADOW, TARGET_FIRST));
        assertThat(between(denied, listed)).containsExactly(new StageStep(SHADOW, TARGET_FIRST));
        assertThat(between(listed, denied)).containsExactly(new StageStep(TARGET_FIRST, SHADOW));
    }

    @Test
    void between_switchedOff_everybodyLeaves() {
        assertThat(between(ten, ten.toBuilder().enabled(false).build()))
                .containsExactly(new StageStep(TARGET_FIRST, SHADOW));
    }

    @Test
    void between_samePolicy_eachGroupMovesByItself() {
        assertThat(StageStep.between(plan(SOURCE_ONLY, DUAL_WRITE, ten), plan(DUAL_WRITE, SHADOW, ten)))
                .containsExactlyInAnyOrder(new StageStep(SOURCE_ONLY, DUAL_WRITE), new StageStep(DUAL_WRITE, SHADOW));
    }

    @Test
    void between_higherStagesAndMorePeople_isTooFarForThoseWhoEnter() {
        assertThat(StageStep.between(
                        plan(SOURCE_ONLY, DUAL_WRITE, ten),
                        plan(DUAL_WRITE, SHADOW, ten.toBuilder().percentage(20).build())))
                .contains(new StageStep(SOURCE_ONLY, SHADOW))
                .anyMatch(step -> !step.isBetweenNeighbours());
    }

    private Iterable<StageStep> between(RolloutPolicy before, RolloutPolicy after) {
        return StageStep.between(plan(SHADOW, TARGET_FIRST, before), plan(SHADOW, TARGET_FIRST, after));
    }

    private static RolloutPlan plan(Stage base, Stage rollout, RolloutPolicy policy) {
        return RolloutPlan.of(base, rollout, policy);
    }
}
