package io.github.sessionferry.migration.live;

import static io.github.sessionferry.core.rollout.Stage.DUAL_WRITE;
import static io.github.sessionferry.core.rollout.Stage.SHADOW;
import static io.github.sessionferry.core.rollout.Stage.SOURCE_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_FIRST;
import static io.github.sessionferry.core.rollout.Stage.TARGET_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_WITH_FALLBACK;
import static io.github.sessionferry.migration.live.ControlledMigration.key;
import static io.github.sessionferry.migration.live.ControlledMigration.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationControllerTest {

    private final ControlledMigration migration = new ControlledMigration();
    private final MigrationController controller = migration.controller;

    @Test
    void status_ofAMigrationThatHasNotBegun_isSourceOnly() {
        assertThat(controller.status().plan().base()).isEqualTo(SOURCE_ONLY);
        assertThat(controller.status().settledAt()).isPresent();
        assertThat(controller.history()).isEmpty();
    }

    @Test
    void moveTo_nextStage_isWritten_andSettledWhenAllProcessesHaveFollowed() {
        try (var one = migration.process("p1");
                var other = migration.process("p2")) {
            RolloutPlan moved = move(DUAL_WRITE);

            assertThat(moved.version()).isEqualTo(1);
            assertThat(moved.isSettled()).isFalse();
            one.plan.refresh();
            assertThat(controller.awaitSettled(Duration.ZERO)).isFalse();
            assertThat(controller.status().behind())
                    .extracting(ProcessLease::process)
                    .containsExactly("p2");
            other.plan.refresh();
            assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();
            assertThat(controller.status().plan().isSettled()).isTrue();
        }
    }

    @Test
    void awaitSettled_whileAProcessFollows_waitsAndTellsThatItHas() {
        try (var process = migration.process("p1")) {
            move(DUAL_WRITE);

            assertThat(controller.awaitSettled(Duration.ofSeconds(5))).isTrue();

            assertThat(migration.waits).isNotEmpty();
            assertThat(process.plan.current().isSettled()).isFalse();
            process.plan.refresh();
            assertThat(process.plan.current().isSettled()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"SHADOW", "TARGET_FIRST", "TARGET_WITH_FALLBACK", "TARGET_ONLY"})
    void moveTo_stageThatIsNotBeside_isRefused_whateverIsOverridden(Stage stage) {
        MoveRefusedException refused = refused(RolloutPlan.everybodyIn(stage), Set.of(Guard.values()));

        assertThat(refused.refusals()).anySatisfy(refusal -> {
            assertThat(refusal.guard()).isEmpty();
            assertThat(refusal.message()).contains("from SOURCE_ONLY to DUAL_WRITE first");
        });
        assertThat(controller.status().plan().version()).isZero();
    }

    /** I6: one process in DUAL_WRITE, another one still in SOURCE_ONLY, when reads are to move on. */
    @Test
    void i6_processStillInTheStageBefore_noFurtherMove_soOnlyNeighboursCoexist() {
        SessionKey key = key("ada", "s1");
        try (var fast = migration.process("fast");
                var slow = migration.process("slow")) {
            move(DUAL_WRITE);
            fast.plan.refresh();
            slow.create(key, Map.of("by", "slow"));

            MoveRefusedException refused = refused(RolloutPlan.everybodyIn(SHADOW), Set.of());

            assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.guard()).contains(Guard.DRAINED);
                assertThat(refusal.message()).contains("slow").doesNotContain("fast");
            });
            assertThat(slow.plan.current().base()).isEqualTo(SOURCE_ONLY);
            slow.plan.refresh();
            migration.walkTo(TARGET_FIRST);
            assertThat(fast.sessions.find(key, io.github.sessionferry.core.EventSelection.none()))
                    .isPresent();
        }
    }

    /** I6: a process that begins while the plan changes. */
    @Test
    void i6_processThatHasJustBegun_isWaitedFor() {
        move(DUAL_WRITE);
        StoredPlan beginning = StoredPlan.builder(migration.source)
                .clock(migration.clock)
                .interval(Duration.ZERO)
                .process("beginning")
                .build();

        assertThat(controller.awaitSettled(Duration.ZERO)).isFalse();

        beginning.close();
        assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();
    }

    @Test
    void moveTo_processThatWasKilled_isAskedFor_andOverriddenByName() {
        var dead = migration.process("dead");
        move(DUAL_WRITE);
        dead.kill();
        migration.clock.advance(ControlledMigration.LEASE);

        assertThat(refused(RolloutPlan.everybodyIn(SHADOW), Set.of()).getMessage())
                .contains("dead", "make sure that they are gone", "override DRAINED");
        controller.moveTo(RolloutPlan.everybodyIn(SHADOW), Set.of(Guard.DRAINED), "ada", "dead is gone");

        assertThat(last().overridden()).containsExactly(Guard.DRAINED);
        assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();
    }

    @Test
    void moveTo_sameStageAgain_changesNothing() {
        move(DUAL_WRITE);

        assertThat(move(DUAL_WRITE).version()).isEqualTo(1);
        assertThat(controller.history()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"SOURCE_ONLY", "DUAL_WRITE"})
    void moveTo_byTwoAtTheSameTime_refusesOne(Stage from) {
        migration.walkTo(from);
        Stage next = from.next().orElseThrow();
        SessionFaults faults = SessionFaults.none();
        MigrationController slow = MigrationController.builder(
                        new FaultySessionService(migration.source, faults), migration.target)
                .clock(migration.clock)
                .build();
        faults.on(SessionOperation.STORE)
                .forKeys(key -> key.userId().equals("plan"))
                .times(1)
                .runBefore(call -> move(next));

        assertThatThrownBy(() -> slow.moveTo(plan(from, next, 10), Set.of(), "bob", "ten"))
                .isInstanceOf(MoveRefusedException.class)
                .hasMessageContaining("somebody else");

        assertThat(controller.status().plan().base()).isEqualTo(next);
        assertThat(controller.history()).extracting(PlanChange::by).containsOnly("ada");
    }

    @Test
    void moveTo_targetFirstWithoutValidation_isRefused_unlessOverridden() {
        migration.walkTo(SHADOW);

        MoveRefusedException refused = refused(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of());

        assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.guard()).contains(Guard.VALIDATED);
            assertThat(refusal.message()).contains("session validate");
        });
        controller.moveTo(
                RolloutPlan.everybodyIn(TARGET_FIRST), Set.of(Guard.VALIDATED, Guard.DEBT_ZERO), "ada", "trust me");
        assertThat(last()).satisfies(change -> {
            assertThat(change.overridden()).containsExactly(Guard.VALIDATED);
            assertThat(change.by()).isEqualTo("ada");
            assertThat(change.reason()).isEqualTo("trust me");
            assertThat(change.from()).isEqualTo(new PlanPosition(SHADOW, SHADOW, 0));
            assertThat(change.to()).isEqualTo(new PlanPosition(TARGET_FIRST, TARGET_FIRST, 0));
            assertThat(change.outcome()).isEqualTo(PlanChange.Outcome.MOVED);
        });
        assertThat(controller.history())
                .extracting(PlanChange::outcome)
                .containsExactly(
                        PlanChange.Outcome.MOVED,
                        PlanChange.Outcome.MOVED,
                        PlanChange.Outcome.REFUSED,
                        PlanChange.Outcome.MOVED);
    }

    @Test
    void validated_beforeThePlanIsSettled_orDifferent_doesNotCount() {
        try (var process = migration.process("p1")) {
            migration.walkTo(DUAL_WRITE);
            move(SHADOW);
            assertThat(controller.validated(migration.validate())).isFalse();
            var early = migration.validate();
            migration.clock.advance(Duration.ofSeconds(1));
            assertThat(controller.awaitSettled(Duration.ofSeconds(5))).isTrue();

            assertThat(controller.validated(early)).isFalse();
            process.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
            process.create(key("ada", "s1"), Map.of());
            assertThat(controller.validated(migration.validate())).isFalse();
            assertThat(controller.status().validatedAt()).isEmpty();

            process.targetFaults.clear();
            assertThat(process.staged.settleDebt()).isZero();
            assertThat(controller.validated(migration.validate())).isTrue();
            assertThat(controller.status().validatedAt()).isPresent();
        }
    }

    @Test
    void validated_isOfOnePlan_andTheNextMoveNeedsAnother() {
        migration.walkTo(SHADOW);
        migration.copyAndValidate();
        controller.moveTo(plan(SHADOW, TARGET_FIRST, 10), Set.of(), "ada", "ten");
        assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();

        assertThat(guards(refused(plan(SHADOW, TARGET_FIRST, 50), Set.of()))).containsExactly(Guard.VALIDATED);
    }

    @Test
    void moveTo_targetOnly_countsWhatWasProvenWhileBothWereWritten() {
        migration.walkTo(TARGET_FIRST);
        controller.moveTo(RolloutPlan.everybodyIn(TARGET_WITH_FALLBACK), Set.of(), "ada", "on");
        assertThat(guards(refused(RolloutPlan.everybodyIn(TARGET_ONLY), Set.of())))
                .containsExactly(Guard.VALIDATED);
        controller.moveTo(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of(), "ada", "back");
        assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();
        migration.copyAndValidate();
        controller.moveTo(RolloutPlan.everybodyIn(TARGET_WITH_FALLBACK), Set.of(), "ada", "on");

        assertThat(move(TARGET_ONLY).base()).isEqualTo(TARGET_ONLY);
    }

    @Test
    void moveTo_whileSomethingIsOwed_isRefused() {
        try (var process = migration.process("p1")) {
            migration.walkTo(SHADOW);
            migration.copyAndValidate();
            process.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
            process.create(key("ada", "s1"), Map.of());
            migration.refreshAll();

            assertThat(guards(refused(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of())))
                    .containsExactly(Guard.DEBT_ZERO);
            assertThat(controller.refusals(RolloutPlan.everybodyIn(DUAL_WRITE))).isEmpty();

            process.targetFaults.clear();
            assertThat(process.staged.settleDebt()).isZero();
            migration.refreshAll();
            assertThat(controller.refusals(RolloutPlan.everybodyIn(TARGET_FIRST)))
                    .isEmpty();
        }
    }

    @Test
    void moveTo_debtOfAProcessThatHasEnded_isRefused() {
        migration.walkTo(SHADOW);
        migration.copyAndValidate();
        try (var process = migration.process("p1")) {
            process.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
            process.create(key("ada", "s1"), Map.of());
        }

        assertThat(refused(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of()).getMessage())
                .contains("changes of 1 sessions", "processes owe 0");
    }

    @Test
    void moveTo_debtThatOnlyAProcessKnows_isRefused() {
        try (var process = migration.process("p1")) {
            migration.walkTo(SHADOW);
            migration.copyAndValidate();
            process.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
            process.sourceFaults
                    .on(SessionOperation.STORE)
                    .forKeys(key -> key.userId().equals(Debts.KIND))
                    .failBefore(SessionErrorCode.UNAVAILABLE);
            process.create(key("ada", "s1"), Map.of());
            process.plan.refresh();

            assertThat(refused(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of()).getMessage())
                    .contains("processes owe 1");
        }
    }

    @Test
    void moveTo_whileADeletionIsNotInBothStores_isRefused() {
        SessionKey key = key("ada", "s1");
        try (var process = migration.process("p1")) {
            migration.walkTo(SHADOW);
            process.create(key, Map.of());
            migration.copyAndValidate();
            process.targetFaults.on(SessionOperation.DELETE).failBefore(SessionErrorCode.UNAVAILABLE);
            process.delete(key);
            ControlRecords debts = new ControlRecords(migration.source, Debts.KIND, migration.clock);
            debts.find(KeyDocument.id(key)).ifPresent(debts::remove);

            assertThat(refused(RolloutPlan.everybodyIn(TARGET_FIRST), Set.of()).getMessage())
                    .contains("0 sessions and 1 deletions");
        }
    }

    @Test
    void moveTo_changeThatCouldNotBeKept_isKeptBeforeTheNextOne() {
        SessionFaults faults = SessionFaults.none();
        faults.on(SessionOperation.STORE)
                .forKeys(key -> key.userId().equals("audit"))
                .times(1)
                .failBefore(SessionErrorCode.UNAVAILABLE);
        MigrationController failing = MigrationController.builder(
                        new FaultySessionService(migration.source, faults), migration.target)
                .clock(migration.clock)
                .build();

        failing.moveTo(RolloutPlan.everybodyIn(DUAL_WRITE), Set.of(), "ada", "begin");
        assertThat(failing.history()).hasSize(1);
        failing.moveTo(RolloutPlan.everybodyIn(SHADOW), Set.of(), "ada", "on");

        assertThat(controller.history()).extracting(PlanChange::version).containsExactly(1L, 2L);
    }

    // Emergency

    @Test
    void emergency_whateverTheGuardsSay_everybodyIsServedByTheSourceAtTheNextLook() {
        SessionKey key = key("ada", "s1");
        List<String> alerts = new ArrayList<>();
        try (var process = migration.process("p1");
                var other = migration.process("p2")) {
            migration.walkTo(TARGET_ONLY);
            process.create(key, Map.of());
            move(TARGET_WITH_FALLBACK);
            MigrationController local = MigrationController.builder(migration.source, migration.target)
                    .clock(migration.clock)
                    .local(process.staged)
                    .listener(new StagedListener() {
                        @Override
                        public void emergency(String reason) {
                            alerts.add(reason);
                        }
                    })
                    .build();

            EmergencyReport report = local.emergency("ada", "target is on fire");

            assertThat(report.succeeded()).isTrue();
            assertThat(report.steps()).extracting(EmergencyReport.Step::done).containsOnly(true);
            assertThat(report.steps())
                    .last()
                    .satisfies(step -> assertThat(step.detail()).contains("session rollback"));
            assertThat(alerts).containsExactly("target is on fire");
            assertThat(process.staged.isEmergency()).isTrue();
            assertThat(other.staged.isEmergency()).isFalse();
            other.plan.refresh();
            assertThat(other.staged.isEmergency()).isTrue();
            assertThat(other.emergencies).containsExactly("target is on fire");
            assertThat(other.plan.current().base()).isEqualTo(SOURCE_ONLY);
            assertThat(last().outcome()).isEqualTo(PlanChange.Outcome.EMERGENCY);
            assertThat(last().overridden()).containsExactlyInAnyOrder(Guard.values());
            assertThat(controller.status().owesCarryBack()).isTrue();
        }
    }

    @Test
    void emergency_isOverWithTheNextMove_whichWaitsForWhatWasLeftOnTheTarget() {
        SessionKey key = key("ada", "s1");
        try (var process = migration.process("p1")) {
            migration.walkTo(TARGET_ONLY);
            process.create(key, Map.of("n", 1L));
            controller.emergency("ada", "fire");
            migration.refreshAll();
            assertThat(controller.awaitSettled(Duration.ZERO)).isTrue();

            assertThat(refused(RolloutPlan.everybodyIn(DUAL_WRITE), Set.of()).getMessage())
                    .contains("session rollback");
            RollbackReport carried = migration.rollback().build().run(SOURCE_ONLY);

            assertThat(carried.succeeded()).isTrue();
            assertThat(carried.carriedBack().orElseThrow().count(CarriedSession.Status.CREATED))
                    .isEqualTo(1);
            assertThat(process.events(key)).isEmpty();
            migration.walkTo(DUAL_WRITE);
            assertThat(process.staged.isEmergency()).isFalse();
        }
    }

    @Test
    void emergency_whileThePlanCannotBeWritten_doesTheRest_andNamesTheEnvironment() {
        List<String> alerts = new ArrayList<>();
        SessionFaults down = SessionFaults.none();
        try (var process = migration.process("p1")) {
            migration.walkTo(TARGET_FIRST);
            down.onAny().failBefore(SessionErrorCode.UNAVAILABLE);

            EmergencyReport report = MigrationController.builder(
                            new FaultySessionService(migration.source, down), migration.target)
                    .clock(migration.clock)
                    .local(process.staged)
                    .listener(new StagedListener() {
                        @Override
                        public void emergency(String reason) {
                            alerts.add(reason);
                        }
                    })
                    .build()
                    .emergency("ada", "fire");

            assertThat(report.succeeded()).isFalse();
            assertThat(report.steps())
                    .anySatisfy(step -> assertThat(step.detail()).contains("unset AGENT_ENGINE_ID"));
            assertThat(alerts).containsExactly("fire");
            assertThat(process.staged.isEmergency()).isTrue();
        }
    }

    @Test
    void emergency_fromADualStageOfTheSource_leavesNothingBehind() {
        migration.walkTo(SHADOW);

        controller.emergency("ada", "fire");

        assertThat(controller.status().owesCarryBack()).isFalse();
    }

    private RolloutPlan move(Stage stage) {
        return controller.moveTo(RolloutPlan.everybodyIn(stage), Set.of(), "ada", "test");
    }

    private MoveRefusedException refused(RolloutPlan next, Set<Guard> overrides) {
        return catchThrowableOfType(
                MoveRefusedException.class, () -> controller.moveTo(next, overrides, "ada", "test"));
    }

    private static List<Guard> guards(MoveRefusedException refused) {
        return refused.refusals().stream()
                .map(refusal -> refusal.guard().orElseThrow())
                .toList();
    }

    private PlanChange last() {
        List<PlanChange> history = controller.history();
        return history.get(history.size() - 1);
    }
}
