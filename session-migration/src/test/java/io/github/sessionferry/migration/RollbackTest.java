package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RollbackTest {

    private static final int SESSIONS = 60;
    private static final int DONE = 40;

    @TempDir
    private Path folder;

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);

    @Test
    void fatalError_removesWhatTheRunHasCreated() {
        Samples.fill(source, SESSIONS, 2);
        SessionKey before = Samples.key(1);
        Samples.put(target, Samples.session(before, 2));
        SessionKey updated = Samples.key(2);
        Samples.put(target, Samples.session(updated, 1));
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        refuseAfter(DONE);

        MigrationReport report = migrator().build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.counts().created()).isBetween(DONE - 5L, (long) DONE);
        assertThat(report.rollback().orElseThrow().removed().count())
                .isEqualTo(report.counts().created());
        assertThat(report.rollback().orElseThrow().removed().examples()).hasSize(20);
        assertThat(report.rollback().orElseThrow().changed().count()).isZero();
        assertThat(report.rollback().orElseThrow().failed().count()).isZero();
        assertThat(keysInTarget()).containsExactlyInAnyOrder(before, updated);
        assertThat(target.findSharedState(SharedScope.app("shop"))).containsKey("currency");
        assertThat(report.toMarkdown()).contains("Taken back");
    }

    @Test
    void fatalError_leavesWhatSomebodyHasTouchedSince() {
        Samples.fill(source, SESSIONS, 2);
        SessionKey appended = Samples.key(3);
        SessionKey changedInPlace = Samples.key(1);
        atTheFatalError(() -> {
            target.append(appended, Samples.event("new", Samples.T0.plusSeconds(1)));
            Session found = target.find(changedInPlace, EventSelection.all()).orElseThrow();
            Samples.put(
                    target, found.toBuilder().state(Map.of("cart", "another")).build());
        });

        RolledBack rollback = migrator().concurrency(1).build().run().rollback().orElseThrow();

        assertThat(rollback.changed().examples()).containsExactlyInAnyOrder(appended, changedInPlace);
        assertThat(rollback.removed().count()).isEqualTo(DONE - 2);
        assertThat(keysInTarget()).containsExactlyInAnyOrder(appended, changedInPlace);
    }

    @Test
    void fatalError_leavesWhatSomebodyHasTouchedSince_evenIfTheSourceHoldsTheSame() {
        Samples.fill(source, SESSIONS, 2);
        SessionKey laterState = Samples.key(1);
        SessionKey lateEvent = Samples.key(2);
        atTheFatalError(() -> {
            Session first = Samples.session(laterState, 2);
            putInBoth(first.toBuilder()
                    .state(Map.of("cart", "another"))
                    .updateTime(first.updateTime().plusSeconds(1))
                    .build());
            Session second = Samples.session(lateEvent, 2);
            putInBoth(second.toBuilder()
                    .events(List.of(Samples.event(1), Samples.event("late", Samples.T0), Samples.event(2)))
                    .build());
        });

        RolledBack rollback = migrator().concurrency(1).build().run().rollback().orElseThrow();

        assertThat(rollback.changed().examples()).containsExactlyInAnyOrder(laterState, lateEvent);
        assertThat(rollback.removed().count()).isEqualTo(DONE - 2);
        assertThat(keysInTarget()).containsExactlyInAnyOrder(laterState, lateEvent);
    }

    private void putInBoth(Session session) {
        Samples.put(source, session);
        Samples.put(target, session);
    }

    @Test
    void fatalError_leavesASessionThatChangesAsItIsRemoved() {
        Samples.fill(source, SESSIONS, 2);
        SessionKey racing = Samples.key(3);
        targetFaults
                .on(SessionOperation.DELETE)
                .forKeys(racing::equals)
                .runBefore(call -> target.append(racing, Samples.event("new", Samples.T0.plusSeconds(50))));
        refuseAfter(DONE);

        RolledBack rollback = migrator().concurrency(1).build().run().rollback().orElseThrow();

        assertThat(rollback.changed().examples()).containsExactly(racing);
        assertThat(keysInTarget()).containsExactly(racing);
    }

    @Test
    void fatalError_withASourceThatChangedSince_removesWhatItStillHolds_andLeavesWhatItLacks() {
        Samples.fill(source, SESSIONS, 2);
        SessionKey newer = Samples.key(7);
        SessionKey deleted = Samples.key(8);
        SessionKey anew = Samples.key(9);
        atTheFatalError(() -> {
            source.append(newer, Samples.event("later", Samples.T0.plusSeconds(90)));
            source.delete(deleted, Precondition.none());
            source.delete(anew, Precondition.none());
            Samples.put(
                    source, Session.builder(anew, Samples.T0.plusSeconds(90)).build());
        });

        RolledBack rollback = migrator().concurrency(1).build().run().rollback().orElseThrow();

        assertThat(rollback.changed().examples()).containsExactlyInAnyOrder(deleted, anew);
        assertThat(keysInTarget()).containsExactlyInAnyOrder(deleted, anew);
    }

    @Test
    void fatalError_removesWhatEarlierAttemptsHaveCreated() {
        Samples.fill(source, SESSIONS, 2);
        Path journal = folder.resolve("run.jsonl");
        AtomicReference<Migrator> first = new AtomicReference<>();
        targetFaults
                .on(SessionOperation.STORE)
                .skip(20)
                .times(1)
                .runBefore(call -> first.get().cancel());
        first.set(migrator().journal(journal).build());
        MigrationReport cancelled = first.get().run();
        refuseAfter(10);

        MigrationReport report =
                migrator().journal(journal).resume(true).build().run();

        assertThat(cancelled.rollback()).isEmpty();
        assertThat(cancelled.counts().created()).isBetween(20L, 30L);
        assertThat(report.rollback().orElseThrow().removed().count())
                .isEqualTo(cancelled.counts().created() + 10);
        assertThat(keysInTarget()).isEmpty();
        assertThatThrownBy(
                        () -> migrator().journal(journal).resume(true).build().run())
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("rolled back", "another file");
    }

    @Test
    void fatalError_removesASessionWhoseCreationWasInDoubtAndFoundLater() {
        Samples.fill(source, SESSIONS, 2);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(Samples.key(0)::equals)
                .times(1)
                .failAfter();
        targetFaults.on(SessionOperation.STORE).skip(SESSIONS - 1).failBefore(SessionErrorCode.UNAUTHENTICATED);

        MigrationReport report = migrator().maxRetries(0).concurrency(1).build().run();

        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo("UNAUTHENTICATED");
        assertThat(keysInTarget()).isEmpty();
    }

    @Test
    void fatalError_withKeep_removesNothing_andTheRunCanBeResumed() {
        Samples.fill(source, SESSIONS, 2);
        Path journal = folder.resolve("run.jsonl");
        refuseAfter(DONE);

        MigrationReport kept =
                migrator().journal(journal).keepOnFailure(true).build().run();
        targetFaults.clear();
        MigrationReport resumed =
                migrator().journal(journal).resume(true).build().run();

        assertThat(kept.rollback()).isEmpty();
        assertThat(kept.toMarkdown()).contains("stays moved");
        assertThat(resumed.counts().created()).isEqualTo(SESSIONS);
        assertThat(keysInTarget()).hasSize(SESSIONS);
    }

    @Test
    void scanThatBreaksOffForAPassingReason_removesNothing() {
        Samples.fill(source, SESSIONS, 2);
        sourceFaults.on(SessionOperation.SCAN).skip(2).failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report =
                migrator().concurrency(1).pageSize(10).maxRetries(1).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.rollback()).isEmpty();
        assertThat(keysInTarget()).hasSize(20);
    }

    @Test
    void scanThatFailsForGood_removesWhatTheRunHasCreated() {
        Samples.fill(source, SESSIONS, 2);
        sourceFaults.on(SessionOperation.SCAN).skip(2).failBefore(SessionErrorCode.PERMISSION_DENIED);

        MigrationReport report = migrator().concurrency(1).pageSize(10).build().run();

        assertThat(report.rollback().orElseThrow().removed().count()).isEqualTo(20);
        assertThat(keysInTarget()).isEmpty();
    }

    @Test
    void failuresInARow_stopTheRunAndTakeBackWhatItHasCreated() {
        Samples.fill(source, SESSIONS, 2);
        targetFaults.on(SessionOperation.STORE).skip(30).failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report = migrator()
                .concurrency(1)
                .maxRetries(0)
                .maxFailuresInARow(5)
                .build()
                .run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason().orElseThrow())
                .satisfies(reason -> assertThat(reason.code()).isEqualTo(Failure.TOO_MANY_FAILURES))
                .satisfies(reason -> assertThat(reason.message()).contains("5 failures in a row", "UNAVAILABLE"));
        assertThat(targetFaults.calls(SessionOperation.STORE)).isEqualTo(35);
        assertThat(report.rollback().orElseThrow().removed().count()).isEqualTo(30);
    }

    @Test
    void failuresInARow_areCountedAnewAfterASuccess_andSkippedOnesNotAtAll() {
        Samples.fill(source, SESSIONS, 1);
        List<SessionKey> inOrder = Samples.keys(source);
        for (int i = 0; i < SESSIONS; i++) {
            SessionErrorCode code =
                    i % 5 == 4 ? null : i % 2 == 0 ? SessionErrorCode.INTERNAL : SessionErrorCode.CORRUPT;
            if (code != null) {
                targetFaults
                        .on(SessionOperation.STORE)
                        .forKeys(inOrder.get(i)::equals)
                        .failBefore(code);
            }
        }

        MigrationReport report =
                migrator().concurrency(1).maxFailuresInARow(3).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
        assertThat(report.counts().failed()).isEqualTo(24);
        assertThat(report.counts().skipped()).isEqualTo(24);
    }

    @Test
    void failuresOfTheLastTries_doNotStopARunThatIsDone() {
        Samples.fill(source, SESSIONS, 1);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.sessionId().endsWith("7"))
                .failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report = migrator()
                .concurrency(1)
                .maxRetries(0)
                .maxFailuresInARow(3)
                .build()
                .run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
        assertThat(report.counts().failed()).isEqualTo(SESSIONS / 10);
    }

    @Test
    void rollbackThatIsBrokenOff_isFinishedByResume() {
        Samples.fill(source, SESSIONS, 2);
        Path journal = folder.resolve("run.jsonl");
        refuseAfter(DONE);
        targetFaults.on(SessionOperation.DELETE).skip(15).times(1).runBefore(call -> {
            throw new Killed();
        });
        assertThatThrownBy(
                        () -> migrator().concurrency(1).journal(journal).build().run())
                .isInstanceOf(Killed.class);
        assertThat(keysInTarget()).hasSize(DONE - 15);
        targetFaults.clear();

        MigrationReport report =
                migrator().journal(journal).resume(true).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo("PERMISSION_DENIED");
        assertThat(report.rollback().orElseThrow().removed().count()).isEqualTo(DONE);
        assertThat(keysInTarget()).isEmpty();
    }

    @Test
    void rollback_withAnswersThatAreLost_looksThemUp() {
        Samples.fill(source, SESSIONS, 2);
        refuseAfter(DONE);
        targetFaults.on(SessionOperation.DELETE).probability(0.5).failAfter();
        targetFaults.on(SessionOperation.DELETE).probability(0.3).failBefore(SessionErrorCode.UNAVAILABLE);

        RolledBack rollback = migrator().maxRetries(20).build().run().rollback().orElseThrow();

        assertThat(rollback.removed().count()).isEqualTo(DONE);
        assertThat(rollback.failed().count()).isZero();
        assertThat(keysInTarget()).isEmpty();
    }

    @Test
    void rollback_thatIsRefusedToo_saysHowManyAreLeft_andResumeTriesAgain() {
        Samples.fill(source, SESSIONS, 2);
        Path journal = folder.resolve("run.jsonl");
        refuseAfter(DONE);
        targetFaults.on(SessionOperation.DELETE).failBefore(SessionErrorCode.PERMISSION_DENIED);

        MigrationReport refused = migrator().journal(journal).build().run();
        targetFaults.clear();
        MigrationReport resumed =
                migrator().journal(journal).resume(true).build().run();

        assertThat(refused.rollback().orElseThrow().failed().count()).isEqualTo(DONE);
        assertThat(refused.toMarkdown()).contains("resume it to try that again");
        assertThat(targetFaults.calls(SessionOperation.DELETE)).isLessThanOrEqualTo(DONE + 10L);
        assertThat(resumed.rollback().orElseThrow().removed().count()).isEqualTo(DONE);
        assertThat(resumed.rollback().orElseThrow().failed().count()).isZero();
    }

    @Test
    void run_withoutAJournal_leavesNoFileBehind() {
        String name = "memory:" + UUID.randomUUID();
        SessionService named = SessionStores.open(name);
        Samples.fill(named, 3, 2);
        List<Path> during = new CopyOnWriteArrayList<>();
        MigrationListener looking = new MigrationListener() {
            @Override
            public void sessionDone(SessionOutcome outcome) {
                during.addAll(temporaryJournalsOf(name));
            }
        };

        Migrator.builder(named, target).listener(looking).build().run();

        assertThat(during).isNotEmpty();
        assertThat(temporaryJournalsOf(name)).isEmpty();
    }

    private static List<Path> temporaryJournalsOf(String source) {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("session-migration"))
                    .filter(file -> contains(file, source))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False of a file that another process removes meanwhile. */
    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    private void refuseAfter(int stored) {
        targetFaults.on(SessionOperation.STORE).skip(stored).failBefore(SessionErrorCode.PERMISSION_DENIED);
    }

    /** Lets something happen between the last creation and the rollback. */
    private void atTheFatalError(Runnable action) {
        AtomicReference<Runnable> once = new AtomicReference<>(action);
        targetFaults.on(SessionOperation.STORE).skip(DONE).runBefore(call -> {
            once.getAndSet(() -> {}).run();
            throw new SessionException(SessionErrorCode.PERMISSION_DENIED, "refused");
        });
    }

    private List<SessionKey> keysInTarget() {
        return Samples.keys(target);
    }

    private Migrator.Builder migrator() {
        SessionService from = new FaultySessionService(source, sourceFaults);
        SessionService to = new FaultySessionService(target, targetFaults);
        return Migrator.builder(from, to).clock(clock).retryDelay(Duration.ofMillis(1));
    }

    /** Ends a run as a crash does: nothing more is written. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
