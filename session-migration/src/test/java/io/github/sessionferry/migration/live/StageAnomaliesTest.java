package io.github.sessionferry.migration.live;

import static io.github.sessionferry.core.rollout.Stage.SHADOW;
import static io.github.sessionferry.core.rollout.Stage.SOURCE_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_FIRST;
import static io.github.sessionferry.core.rollout.Stage.TARGET_ONLY;
import static io.github.sessionferry.core.rollout.Stage.TARGET_WITH_FALLBACK;
import static io.github.sessionferry.migration.live.ControlledMigration.key;
import static io.github.sessionferry.migration.live.ControlledMigration.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The interleavings of stage moves in which live migrations of other systems have lost data, each produced on purpose; and
 * each once more without the guard against it, to show that the interleaving needs it.
 */
@Timeout(120)
class StageAnomaliesTest {

    private static final SessionKey KEY = key("ada", "s1");
    private static final Set<Guard> NO_OVERRIDES = Set.of();
    private static final Set<Guard> ALL_OVERRIDDEN = Set.of(Guard.values());
    private static final List<Stage> FORWARD =
            List.of(Stage.DUAL_WRITE, SHADOW, TARGET_FIRST, TARGET_WITH_FALLBACK, TARGET_ONLY);

    private final ControlledMigration migration = new ControlledMigration();

    private static void assertNeedsItsGuard(Runnable scenario) {
        assertThatThrownBy(scenario::run).isInstanceOf(AssertionError.class);
    }

    private void move(Stage stage, Set<Guard> overrides) {
        migration.controller.moveTo(RolloutPlan.everybodyIn(stage), overrides, "ada", "test");
    }

    private void moveAndSettle(RolloutPlan plan, Set<Guard> overrides) {
        migration.controller.moveTo(plan, overrides, "ada", "test");
        assertThat(migration.controller.awaitSettled(Duration.ofSeconds(10))).isTrue();
        migration.refreshAll();
    }

    // I6

    @Test
    @DisplayName("I6: a process still goes by the first stage while the others are moved on and on")
    void i6_processLeftBehind_othersReadWhatItWrites() {
        processLeftBehind(NO_OVERRIDES);
    }

    @Test
    void i6_withoutWaitingForIt_othersReadStaleSessions() {
        assertNeedsItsGuard(() -> processLeftBehind(ALL_OVERRIDDEN));
    }

    private void processLeftBehind(Set<Guard> overrides) {
        try (var fast = migration.process("fast");
                var slow = migration.process("slow")) {
            fast.create(KEY, Map.of());
            Migrator.builder(migration.source, migration.target).build().run();
            for (Stage stage : FORWARD) {
                try {
                    move(stage, overrides);
                } catch (MoveRefusedException e) {
                    break;
                }
                fast.plan.refresh();
            }

            slow.append(KEY, "e1", Map.of());

            assertThat(fast.events(KEY)).as("in " + fast.plan.current().base()).containsExactly("e1");
        }
    }

    // I7

    @Test
    @DisplayName("I7: everybody is moved on while one operation is between its two writes")
    void i7_movesBetweenTheWritesOfAnOperation_waitForItsEnd() {
        movesBetweenTheWrites(false);
    }

    @Test
    void i7_withoutWaitingForItsEnd_othersReadStaleSessions() {
        assertNeedsItsGuard(() -> movesBetweenTheWrites(true));
    }

    private void movesBetweenTheWrites(boolean looksAtAnIdleService) {
        try (var writer = migration.process("writer");
                var reader = migration.process("reader");
                StagedSessionService idle = StagedSessionService.builder(
                                migration.source, migration.target, writer.plan)
                        .build()) {
            writer.create(KEY, Map.of());
            migration.walkTo(SHADOW);
            migration.copyAndValidate();
            if (looksAtAnIdleService) {
                writer.plan.follow(idle);
            }
            writer.targetFaults.on(SessionOperation.APPEND).times(1).runBefore(call -> {
                for (Stage stage : List.of(TARGET_FIRST, TARGET_WITH_FALLBACK, TARGET_ONLY)) {
                    move(stage, Set.of(Guard.VALIDATED));
                    migration.refreshAll();
                    if (!migration.controller.awaitSettled(Duration.ZERO)) {
                        break;
                    }
                }
                assertThat(reader.events(KEY))
                        .as("in " + reader.plan.current().base())
                        .containsExactly("e1");
            });

            writer.append(KEY, "e1", Map.of());

            assertThat(writer.targetFaults.calls(SessionOperation.APPEND)).isPositive();
        }
    }

    // I8

    @Test
    @DisplayName("I8: from the target alone back to the source at once")
    void i8_backToTheSource_bringsBackWhatWasWrittenOnTheTarget() {
        backToTheSource(
                () -> assertThat(migration.rollback().build().run(SOURCE_ONLY).succeeded())
                        .isTrue());
    }

    @Test
    void i8_withoutCarryingBack_losesIt() {
        assertNeedsItsGuard(() -> backToTheSource(() -> {
            for (Stage stage : List.of(TARGET_WITH_FALLBACK, TARGET_FIRST, SHADOW, Stage.DUAL_WRITE, SOURCE_ONLY)) {
                moveAndSettle(RolloutPlan.everybodyIn(stage), ALL_OVERRIDDEN);
            }
        }));
    }

    private void backToTheSource(Runnable goingBack) {
        try (var writer = migration.process("writer");
                var reader = migration.process("reader")) {
            writer.create(KEY, Map.of());
            migration.walkTo(TARGET_ONLY);
            writer.append(KEY, "e1", Map.of());

            goingBack.run();

            assertThat(migration.stage()).isEqualTo(SOURCE_ONLY);
            assertThat(reader.events(KEY)).containsExactly("e1");
        }
    }

    // I9

    @Test
    @DisplayName("I9: the percentage is lowered, and the leavers go on to the source")
    void i9_percentageLowered_leaversKeepTheirNewestData() {
        percentageLowered(() ->
                assertThat(migration.rollback().build().run(SHADOW).succeeded()).isTrue());
    }

    @Test
    void i9_withoutCarryingBack_leaversLoseIt() {
        assertNeedsItsGuard(
                () -> percentageLowered(() -> moveAndSettle(RolloutPlan.everybodyIn(SHADOW), ALL_OVERRIDDEN)));
    }

    private void percentageLowered(Runnable goingBack) {
        try (var writer = migration.process("writer");
                var reader = migration.process("reader")) {
            writer.create(KEY, Map.of());
            migration.walkTo(TARGET_FIRST);
            migration.moveAndSettle(plan(TARGET_FIRST, TARGET_WITH_FALLBACK, 100));
            writer.append(KEY, "e1", Map.of());

            moveAndSettle(plan(TARGET_FIRST, TARGET_WITH_FALLBACK, 0), NO_OVERRIDES);
            goingBack.run();

            assertThat(migration.stage()).isEqualTo(SHADOW);
            assertThat(reader.events(KEY)).containsExactly("e1");
        }
    }

    // I11

    @Test
    @DisplayName("I11: the scan of what is to be carried back breaks off")
    void i11_scanOfACarryBackBreaksOff_nobodyIsSentBack() {
        scanOfACarryBackBreaksOff(UnaryOperator.identity());
    }

    @Test
    void i11_withAnErrorTakenForTheEnd_usersAreSentBackWithoutTheirSessions() {
        assertNeedsItsGuard(() -> scanOfACarryBackBreaksOff(StoreThatEndsScansOnErrors::new));
    }

    private void scanOfACarryBackBreaksOff(UnaryOperator<SessionService> mutation) {
        SessionFaults faults = SessionFaults.none();
        SessionService target = mutation.apply(new FaultySessionService(migration.target, faults));
        try (var process = migration.process("p1")) {
            migration.walkTo(TARGET_ONLY);
            process.create(KEY, Map.of());
            faults.on(SessionOperation.SCAN).failBefore(SessionErrorCode.UNAVAILABLE);

            RollbackReport report = StagedRollback.builder(migration.source, target, migration.controller)
                    .clock(migration.clock)
                    .window(Duration.ZERO)
                    .settleTime(Duration.ofSeconds(10))
                    .waiter(migration::wait)
                    .build()
                    .run(SOURCE_ONLY);

            assertThat(report.succeeded()).isFalse();
            assertThat(migration.stage()).isEqualTo(TARGET_FIRST);
            assertThat(process.sessions.find(KEY, EventSelection.none())).isPresent();
            assertThat(migration.rollback().build().run(SOURCE_ONLY).succeeded())
                    .isTrue();
            assertThat(migration.source.find(KEY, EventSelection.none())).isPresent();
        }
    }

    /** Takes an error for the end. */
    private static final class StoreThatEndsScansOnErrors extends ForwardingSessionService {

        StoreThatEndsScansOnErrors(SessionService store) {
            super(store);
        }

        @Override
        public ScanPage scan(ScanCursor cursor, int limit) {
            try {
                return super.scan(cursor, limit);
            } catch (SessionException e) {
                return new ScanPage(List.of(), List.of(), Optional.empty());
            }
        }
    }
}
