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
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StagedRollbackTest {

    private static final SessionKey OLD = key("ada", "old");
    private static final SessionKey NEW = key("ada", "new");
    private static final SessionKey GONE = key("bob", "gone");

    @TempDir
    private Path folder;

    private final ControlledMigration migration = new ControlledMigration();

    static Stream<Arguments> everyStageToEveryEarlierOne() {
        return Arrays.stream(Stage.values())
                .flatMap(from -> Arrays.stream(Stage.values())
                        .filter(to -> to.compareTo(from) < 0)
                        .map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("everyStageToEveryEarlierOne")
    void run_fromEveryStageToEveryEarlierOne_losesNothingWrittenThere(Stage from, Stage to) {
        try (var process = migration.process("p1");
                var other = migration.process("p2")) {
            process.create(OLD, Map.of("app:motd", "hi", "user:name", "Ada", "user:old", true, "n", 1L));
            process.create(GONE, Map.of());
            migration.walkTo(from);
            process.append(OLD, "e1", Map.of("n", 2L, "user:name", "Countess", "user:old", TaggedValue.REMOVED));
            other.create(NEW, Map.of("app:motd", "hello"));
            other.append(NEW, "e2", Map.of("user:seen", 7L));
            process.delete(GONE);

            RollbackReport report = migration.rollback().build().run(to);

            assertThat(report.steps())
                    .allSatisfy(
                            step -> assertThat(step.done()).as(step.detail()).isTrue());
            assertThat(migration.stage()).isEqualTo(to);
            for (var reader : List.of(process, other)) {
                assertThat(reader.events(OLD)).containsExactly("e1");
                assertThat(reader.events(NEW)).containsExactly("e2");
                assertThat(reader.sessions
                                .find(OLD, EventSelection.none())
                                .orElseThrow()
                                .state())
                        .containsExactlyInAnyOrderEntriesOf(
                                Map.of("app:motd", "hello", "user:name", "Countess", "user:seen", 7L, "n", 2L));
                assertThat(reader.sessions.find(GONE, EventSelection.none())).isEmpty();
            }
            if (to.compareTo(TARGET_FIRST) <= 0) {
                assertThat(migration
                                .source
                                .find(OLD, EventSelection.all())
                                .orElseThrow()
                                .events())
                        .hasSize(1);
                assertThat(migration.source.find(GONE, EventSelection.none())).isEmpty();
                if (from != DUAL_WRITE && from != SOURCE_ONLY && to != SOURCE_ONLY) {
                    assertThat(migration.validate().verdict()).isEqualTo(ValidationReport.Verdict.EQUAL);
                }
            }
        }
    }

    /** I8: from the target alone back to the source. */
    @Test
    void i8_fromTargetOnlyToSourceOnly_carriesBackWhatChangedSince_andNamesEachSession() throws IOException {
        Path file = folder.resolve("carried.jsonl");
        try (var process = migration.process("p1")) {
            process.create(OLD, Map.of("n", 1L));
            process.create(GONE, Map.of());
            process.create(key("eve", "same"), Map.of());
            migration.walkTo(TARGET_ONLY);
            process.append(OLD, "e1", Map.of("n", 2L));
            process.create(NEW, Map.of());
            process.delete(GONE);
            assertThat(migration.source.find(NEW, EventSelection.none())).isEmpty();

            RollbackReport report = migration.rollback().file(file).build().run(SOURCE_ONLY);

            assertThat(report.succeeded()).isTrue();
            assertThat(report.steps())
                    .extracting(RollbackReport.Step::phase)
                    .containsExactly(
                            RollbackPhase.WRITE_SOURCE_AGAIN,
                            RollbackPhase.WRITE_SOURCE_AGAIN,
                            RollbackPhase.CARRY_BACK,
                            RollbackPhase.VALIDATE,
                            RollbackPhase.REVERT_PRIORITY,
                            RollbackPhase.DISABLE_TARGET,
                            RollbackPhase.DISABLE_TARGET);
            assertThat(report.carriedBack().orElseThrow().examples())
                    .extracting(CarriedSession::key, CarriedSession::status, CarriedSession::events)
                    .containsExactlyInAnyOrder(
                            tuple(OLD, CarriedSession.Status.CARRIED_BACK, 1),
                            tuple(NEW, CarriedSession.Status.CREATED, 0),
                            tuple(GONE, CarriedSession.Status.DELETED, 0));
            assertThat(Files.readAllLines(file))
                    .hasSize(3)
                    .anySatisfy(line -> assertThat(line).contains("\"CARRIED_BACK\"", "\"old\""));
            assertThat(migration.source.find(NEW, EventSelection.none())).isPresent();
            assertThat(migration
                            .source
                            .find(OLD, EventSelection.all())
                            .orElseThrow()
                            .state())
                    .containsEntry("n", 2L);
        }
    }

    /** I9: the percentage is lowered, and the leavers' newest data is on the target only. */
    @Test
    void i9_percentageLowered_leaversFindTheirNewestData_andItIsCarriedBack() {
        SessionKey leaver = key("leaver", "s");
        RolloutPlan all = plan(TARGET_FIRST, TARGET_WITH_FALLBACK, 100);
        RolloutPlan nobody = plan(TARGET_FIRST, TARGET_WITH_FALLBACK, 0);
        try (var process = migration.process("p1")) {
            process.create(leaver, Map.of());
            migration.walkTo(TARGET_FIRST);
            migration.moveAndSettle(all);
            process.append(leaver, "e1", Map.of("n", 1L));
            assertThat(migration
                            .source
                            .find(leaver, EventSelection.all())
                            .orElseThrow()
                            .events())
                    .isEmpty();

            migration.moveAndSettle(nobody);

            assertThat(process.events(leaver)).containsExactly("e1");
            assertThat(migration.controller.refusals(RolloutPlan.everybodyIn(SHADOW)))
                    .anySatisfy(refusal -> assertThat(refusal.guard()).contains(Guard.DEBT_ZERO));
            RollbackReport report = migration.rollback().build().run(SHADOW);
            assertThat(report.succeeded()).isTrue();
            assertThat(migration
                            .source
                            .find(leaver, EventSelection.all())
                            .orElseThrow()
                            .events())
                    .hasSize(1);
            assertThat(process.events(leaver)).containsExactly("e1");
        }
    }

    @Test
    void run_ofAPartialRollout_takesThoseAheadBackFirst() {
        migration.walkTo(SHADOW);
        migration.copyAndValidate();
        migration.moveAndSettle(plan(SHADOW, TARGET_FIRST, 10));

        RollbackReport report = migration.rollback().build().run(SHADOW);

        assertThat(report.steps())
                .extracting(RollbackReport.Step::phase)
                .containsExactly(RollbackPhase.CARRY_BACK, RollbackPhase.VALIDATE, RollbackPhase.STOP_ROLLOUT);
        assertThat(migration.controller.status().plan().rollout()).isEqualTo(SHADOW);
        assertThat(migration.controller.status().plan().policy().percentage()).isEqualTo(10);
    }

    @Test
    void run_whereTooManyCallsFail_stopsThere() {
        try (var process = migration.process("p1")) {
            process.create(OLD, Map.of());
            migration.walkTo(TARGET_ONLY);
            process.targetFaults.on(SessionOperation.APPEND).times(1).failBefore(SessionErrorCode.UNAVAILABLE);
            migration.whileWaiting = () -> {
                if (migration.waits.get(migration.waits.size() - 1).equals(Duration.ofSeconds(42))) {
                    for (int i = 0; i < 20; i++) {
                        try {
                            process.append(OLD, "e" + i, Map.of());
                        } catch (io.github.sessionferry.core.SessionException e) {
                            assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
                        }
                    }
                }
                migration.refreshAll();
            };

            RollbackReport report =
                    migration.rollback().window(Duration.ofSeconds(42)).build().run(SOURCE_ONLY);

            assertThat(report.succeeded()).isFalse();
            assertThat(report.steps())
                    .singleElement()
                    .satisfies(step -> assertThat(step.detail()).contains("not stable: 5.0 % of 20 calls"));
            assertThat(migration.stage()).isEqualTo(TARGET_WITH_FALLBACK);

            RollbackReport again =
                    migration.rollback().window(Duration.ofSeconds(42)).build().run(SOURCE_ONLY);
            assertThat(again.succeeded()).isTrue();
            assertThat(migration
                            .source
                            .find(OLD, EventSelection.all())
                            .orElseThrow()
                            .events())
                    .hasSize(20);
        }
    }

    @Test
    void run_whereTheStoresDiffer_doesNotRevertThePriority() {
        migration.walkTo(TARGET_FIRST);
        migration.source.create(io.github.sessionferry.core.NewSession.builder(key("eve", "stray"))
                .build());

        RollbackReport report = migration.rollback().build().run(SOURCE_ONLY);

        assertThat(report.succeeded()).isFalse();
        assertThat(report.steps()).last().satisfies(step -> {
            assertThat(step.phase()).isEqualTo(RollbackPhase.VALIDATE);
            assertThat(step.detail()).contains("DIFFERENT");
        });
        assertThat(migration.stage()).isEqualTo(TARGET_FIRST);
    }

    @Test
    void run_whereAProcessDoesNotFollow_stopsAndNamesIt() {
        var dead = migration.process("dead");
        migration.walkTo(SHADOW);
        dead.kill();

        RollbackReport report = migration.rollback().build().run(SOURCE_ONLY);

        assertThat(report.succeeded()).isFalse();
        assertThat(report.steps())
                .last()
                .satisfies(step -> assertThat(step.detail()).contains("dead", "DRAINED"));
        assertThat(migration.stage()).isEqualTo(DUAL_WRITE);

        migration.clock.advance(ControlledMigration.LEASE);
        assertThat(migration
                        .rollback()
                        .overrides(Set.of(Guard.DRAINED))
                        .build()
                        .run(SOURCE_ONLY)
                        .succeeded())
                .isTrue();
    }

    @Test
    void run_afterAnEmergency_bringsTogetherWhatBothSidesHaveWritten() {
        try (var process = migration.process("p1")) {
            process.create(OLD, Map.of("user:name", "Ada"));
            migration.walkTo(TARGET_ONLY);
            process.append(OLD, "there", Map.of("user:name", "Countess", "n", 1L));
            process.create(NEW, Map.of());
            process.create(GONE, Map.of());
            process.delete(GONE);
            migration.controller.emergency("ada", "fire");
            migration.refreshAll();
            process.append(OLD, "here", Map.of("m", 2L));

            RollbackReport report = migration.rollback().build().run(SOURCE_ONLY);

            assertThat(report.succeeded()).isTrue();
            assertThat(process.events(OLD)).containsExactly("there", "here");
            assertThat(migration
                            .target
                            .find(OLD, EventSelection.all())
                            .orElseThrow()
                            .events())
                    .as("brought together")
                    .hasSize(2);
            assertThat(process.sessions
                            .find(OLD, EventSelection.none())
                            .orElseThrow()
                            .state())
                    .containsAllEntriesOf(Map.of("user:name", "Countess", "n", 1L, "m", 2L));
            assertThat(process.sessions.find(NEW, EventSelection.none())).isPresent();
            assertThat(process.sessions.find(GONE, EventSelection.none())).isEmpty();
            assertThat(migration.controller.status().owesCarryBack()).isFalse();
        }
    }
}
