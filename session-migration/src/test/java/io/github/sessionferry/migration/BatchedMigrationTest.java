package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target that takes many sessions at once is given many at once, and nothing else is different. */
class BatchedMigrationTest {

    private static final int SESSIONS = 100;
    private static final int EVENTS = 3;
    private static final int BATCH = 10;

    @TempDir
    private Path folder;

    private final InMemorySessionService source =
            InMemorySessionService.builder().build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().batchSize(BATCH).build();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);

    @BeforeEach
    void fill() {
        Samples.fill(source, SESSIONS, EVENTS);
    }

    @Test
    void run_intoAnEmptyStore_readsAndWritesManyAtOnce() {
        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS);
        assertThat(report.counts().eventsAppended()).isEqualTo(SESSIONS * EVENTS);
        assertThat(sourceFaults.calls(SessionOperation.FIND)).isZero();
        assertThat(sourceFaults.calls(SessionOperation.FIND_ALL)).isEqualTo(2 * (SESSIONS / BATCH));
        // Only of the first ones is it not known that the target lacks them.
        assertThat(targetFaults.calls(SessionOperation.FIND_ALL)).isEqualTo(1);
        assertEqualStores();
    }

    @Test
    void run_again_comparesManyAtOnceAndWritesNothing() {
        migrator().build().run();
        sourceFaults.resetCalls();
        targetFaults.resetCalls();

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().unchanged()).isEqualTo(SESSIONS);
        assertThat(sourceFaults.calls(SessionOperation.FIND)).isZero();
        assertThat(targetFaults.calls(SessionOperation.FIND)).isZero();
        assertThat(targetFaults.calls(SessionOperation.STORE) + targetFaults.calls(SessionOperation.STORE_ALL))
                .isZero();
    }

    @Test
    void run_whileASessionChangesBetweenItsReadAndItsWrite_carriesTheChange() {
        SessionKey changing = Samples.key(57);
        AtomicBoolean changed = new AtomicBoolean();
        targetFaults
                .on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(changing::equals)
                .runBefore(call -> {
                    if (changed.compareAndSet(false, true)) {
                        source.append(
                                changing,
                                SessionEvent.builder("e4", "user", Samples.T0.plusSeconds(4))
                                        .stateDelta(Map.of("last", "e4"))
                                        .build());
                    }
                });

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS);
        assertThat(changed).isTrue();
        assertEqualStores();
    }

    @Test
    void run_whileASessionIsDeletedBetweenItsReadAndItsWrite_leavesNoneBehind() {
        SessionKey deleted = Samples.key(57);
        targetFaults
                .on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(deleted::equals)
                .times(1)
                .runBefore(call -> source.delete(deleted, Precondition.none()));

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS - 1);
        assertThat(report.counts().gone()).isEqualTo(1);
        assertThat(target.find(deleted, EventSelection.none())).isEmpty();
    }

    @Test
    void run_withOneRefusedOfABatch_movesTheOthersAndNamesIt() {
        SessionKey refused = Samples.key(57);
        targetFaults
                .on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(refused::equals)
                .failBefore(SessionErrorCode.INVALID_SESSION);

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS - 1);
        assertThat(report.counts().skipped()).isEqualTo(1);
        assertThat(report.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.examples())
                        .singleElement()
                        .satisfies(example -> assertThat(example.key()).contains(refused)));
    }

    @Test
    void run_withOneThatTheStoreCannotTake_movesTheOthersAndNamesIt() {
        SessionKey odd = Samples.key(57);
        targetFaults
                .on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(odd::equals)
                .runBefore(call -> {
                    throw new IllegalArgumentException("cannot be stored");
                });

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS - 1);
        assertThat(report.counts().skipped()).isEqualTo(1);
    }

    @Test
    void resume_afterAStopWithinABatch_movesTheRest() {
        Path journal = folder.resolve("run.jsonl");
        targetFaults
                .on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(Samples.key(57)::equals)
                .times(2)
                .failBefore(SessionErrorCode.PERMISSION_DENIED);
        MigrationReport stopped =
                migrator().journal(journal).keepOnFailure(true).build().run();

        MigrationReport report = migrator()
                .journal(journal)
                .keepOnFailure(true)
                .resume(true)
                .build()
                .run();

        assertThat(stopped.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.counts().done()).isEqualTo(SESSIONS);
        assertEqualStores();
    }

    @Test
    void resume_afterACrashAnywhere_endsAsIfNothingHadHappened() throws IOException {
        Path journal = folder.resolve("run.jsonl");
        migrator().journal(journal).build().run();
        List<String> lines = Files.readAllLines(journal);

        for (int survived = 0; survived <= lines.size(); survived += 7) {
            Files.write(journal, lines.subList(0, survived));
            targetFaults.resetCalls();

            MigrationReport report =
                    migrator().journal(journal).resume(true).build().run();

            assertThat(report.counts().done()).as("after %s lines", survived).isEqualTo(SESSIONS);
            assertThat(targetFaults.calls(SessionOperation.STORE) + targetFaults.calls(SessionOperation.STORE_ALL))
                    .isZero();
        }
    }

    private Migrator.Builder migrator() {
        return Migrator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .concurrency(1)
                .retryDelay(Duration.ofMillis(1))
                .pageSize(2 * BATCH);
    }

    private void assertEqualStores() {
        ValidationReport proof = Validator.builder(source, target)
                .tolerance(Duration.ZERO)
                .build()
                .run();
        assertThat(proof.equal()).as(proof.toMarkdown()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(SESSIONS);
    }
}
