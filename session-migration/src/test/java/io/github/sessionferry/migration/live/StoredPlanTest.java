package io.github.sessionferry.migration.live;

import static io.github.sessionferry.core.rollout.Stage.DUAL_WRITE;
import static io.github.sessionferry.core.rollout.Stage.SHADOW;
import static io.github.sessionferry.core.rollout.Stage.SOURCE_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_FIRST;
import static io.github.sessionferry.migration.live.ControlledMigration.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoredPlanTest {

    private final ControlledMigration migration = new ControlledMigration();

    @Test
    void current_whileTheSourceKeepsNoPlan_isSourceOnly() {
        try (var process = migration.process("p1")) {
            assertThat(process.plan.current().base()).isEqualTo(SOURCE_ONLY);
            assertThat(process.plan.current().version()).isZero();
            assertThat(process.plan.problem()).isEmpty();
        }
    }

    @Test
    void refresh_afterAMove_followsWithEverythingThatThePlanSays() {
        RolloutPolicy policy = RolloutPolicy.builder("spring")
                .percentage(12.34)
                .allowedUserIds(List.of("ada", "née\n\"1\""))
                .deniedUserIds(List.of("bob"))
                .build();
        try (var process = migration.process("p1")) {
            RolloutPlan moved = migration.controller.moveTo(
                    RolloutPlan.of(SOURCE_ONLY, DUAL_WRITE, policy), Set.of(), "ada", "begin");

            process.plan.refresh();

            assertThat(process.plan.current()).isEqualTo(moved);
            assertThat(process.plan.current().policy()).isEqualTo(policy);
            assertThat(process.plan.current().isSettled()).isFalse();
            assertThat(process.staged.plan()).isSameAs(process.plan.current());
        }
    }

    @Test
    void refresh_nothingChanged_keepsTheVeryPlan() {
        try (var process = migration.process("p1")) {
            migration.walkTo(DUAL_WRITE);
            process.plan.refresh();
            RolloutPlan before = process.plan.current();

            process.plan.refresh();

            assertThat(process.plan.current()).isSameAs(before);
        }
    }

    @Test
    void refresh_whileTheSourceIsDown_keepsTheLastPlan_andSaysSo() {
        try (var process = migration.process("p1")) {
            migration.walkTo(DUAL_WRITE);
            process.sourceFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
            migration.controller.moveTo(RolloutPlan.everybodyIn(SHADOW), Set.of(), "ada", "on");

            process.plan.refresh();

            assertThat(process.plan.current().base()).isEqualTo(DUAL_WRITE);
            assertThat(process.plan.problem()).get().asString().contains("frozen at version 1");

            process.sourceFaults.clear();
            process.plan.refresh();

            assertThat(process.plan.current().base()).isEqualTo(SHADOW);
            assertThat(process.plan.problem()).isEmpty();
        }
    }

    @Test
    void refresh_recordThatCannotBeRead_keepsTheLastPlan() {
        try (var process = migration.process("p1")) {
            migration.walkTo(DUAL_WRITE);
            new ControlRecords(migration.source, "plan", migration.clock)
                    .put("plan", Map.of("version", 7L, "base", "NOWHERE"));

            process.plan.refresh();

            assertThat(process.plan.current().base()).isEqualTo(DUAL_WRITE);
            assertThat(process.plan.problem()).get().asString().contains("cannot be read");
        }
    }

    @Test
    void refresh_recordThatHasGone_keepsTheLastPlan() {
        try (var process = migration.process("p1")) {
            migration.walkTo(DUAL_WRITE);
            ControlRecords plans = new ControlRecords(migration.source, "plan", migration.clock);
            plans.find("plan").ifPresent(plans::remove);

            process.plan.refresh();

            assertThat(process.plan.current().base()).isEqualTo(DUAL_WRITE);
            assertThat(process.plan.problem()).get().asString().contains("older than this process has seen");
        }
    }

    @Test
    void build_whileTheSourceIsDown_fails() {
        SessionFaults down = SessionFaults.none();
        down.onAny().failBefore(SessionErrorCode.UNAVAILABLE);

        assertThatThrownBy(() -> StoredPlan.builder(new FaultySessionService(migration.source, down))
                        .build())
                .isInstanceOf(SessionException.class);
    }

    @Test
    void seed_whereThereIsNoPlan_isWritten_andNotWhereThereIsOne() {
        StoredPlan first = seeded("p1", DUAL_WRITE);
        StoredPlan second = seeded("p2", SOURCE_ONLY);

        assertThat(first.current().base()).isEqualTo(DUAL_WRITE);
        assertThat(second.current()).isEqualTo(first.current());
        assertThat(migration.controller.history())
                .singleElement()
                .satisfies(change -> assertThat(change.by()).isEqualTo("configuration"));
    }

    private StoredPlan seeded(String process, Stage stage) {
        return StoredPlan.builder(migration.source)
                .clock(migration.clock)
                .interval(Duration.ZERO)
                .process(process)
                .seed(RolloutPlan.everybodyIn(stage))
                .build();
    }

    @Test
    void refresh_whenTheLastProcessHasFollowed_settlesThePlan() {
        try (var one = migration.process("p1");
                var other = migration.process("p2")) {
            migration.controller.moveTo(RolloutPlan.everybodyIn(DUAL_WRITE), Set.of(), "ada", "begin");

            one.plan.refresh();
            assertThat(migration.controller.status().settledAt()).isEmpty();
            other.plan.refresh();

            assertThat(migration.controller.status().settledAt()).isPresent();
            assertThat(other.plan.current().isSettled()).isFalse();
            other.plan.refresh();
            assertThat(other.plan.current().isSettled()).isTrue();
        }
    }

    @Test
    void close_givesTheLeaseBack() {
        var process = migration.process("p1");
        assertThat(migration.controller.status().processes()).hasSize(1);

        process.close();

        assertThat(migration.controller.status().processes()).isEmpty();
    }

    /** I7: the stage changes between the two writes of one operation. */
    @Test
    void i7_stageMovesWithinAnOperation_operationSeesOneStage_andTheMoveWaitsForItsEnd() {
        SessionKey key = key("ada", "s1");
        try (var process = migration.process("p1")) {
            migration.walkTo(SHADOW);
            process.create(key, Map.of());
            migration.copyAndValidate();
            long before = migration.controller.status().plan().version();
            process.targetFaults.on(SessionOperation.APPEND).times(1).runBefore(call -> {
                migration.controller.moveTo(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of(), "ada", "on");
                process.plan.refresh();

                assertThat(process.plan.current().base()).isEqualTo(TARGET_FIRST);
                assertThat(acknowledged()).isEqualTo(before);
                assertThat(migration.controller.awaitSettled(Duration.ZERO)).isFalse();
            });

            process.append(key, "e1", Map.of("n", 1L));

            assertThat(migration
                            .source
                            .find(key, EventSelection.all())
                            .orElseThrow()
                            .events())
                    .hasSize(1);
            process.plan.refresh();
            assertThat(acknowledged()).isEqualTo(before + 1);
            assertThat(migration.controller.awaitSettled(Duration.ZERO)).isTrue();
            assertThat(process.events(key)).containsExactly("e1");
        }
    }

    private long acknowledged() {
        return migration.controller.status().processes().get(0).acknowledged();
    }

    @Test
    void build_beforeAServiceFollows_hasAcknowledgedNothing() {
        try (StoredPlan plan = StoredPlan.builder(migration.source)
                .interval(Duration.ZERO)
                .clock(migration.clock)
                .build()) {
            plan.refresh();

            assertThat(acknowledged()).isNegative();
        }
    }
}
