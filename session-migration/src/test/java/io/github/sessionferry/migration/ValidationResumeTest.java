package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationResumeTest {

    private static final int SESSIONS = 60;

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() {
        Samples.fill(source, SESSIONS, 2);
        Samples.fill(target, SESSIONS, 2);
    }

    @Test
    void resume_ofAJournalCutAnywhere_tellsTheWholeRun() throws IOException {
        makeDifferences();
        targetFaults.on(SessionOperation.FIND).forKeys(Samples.key(9)::equals).failBefore(SessionErrorCode.UNAVAILABLE);
        Path whole = folder.resolve("whole.jsonl");
        ValidationReport unbroken = validator(whole).build().run();
        byte[] journal = Files.readAllBytes(whole);
        Random random = new Random(20261122);

        for (int cut = 0; cut < 40; cut++) {
            int length = random.nextInt(journal.length + 1);
            Path broken = folder.resolve("broken-" + cut + ".jsonl");
            Files.write(broken, Arrays.copyOf(journal, length));

            ValidationReport report = validator(broken).resume(true).build().run();

            assertThat(report.counts())
                    .as("cut at %s of %s", length, journal.length)
                    .isEqualTo(unbroken.counts());
            assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
            assertThat(report.sessions()).containsExactlyInAnyOrderElementsOf(unbroken.sessions());
            assertThat(report.scopes()).isEqualTo(unbroken.scopes());
            assertThat(report.problems()).isEqualTo(unbroken.problems());
        }
        assertThat(unbroken.counts()).isEqualTo(new ValidationCounts(58, 59, 56, 1, 1, 1, 0, 1, 0, 1, 2, 1, 1, 0));
    }

    @Test
    void resume_afterACancel_passesOverWhatWasEqual() {
        Path journal = folder.resolve("journal.jsonl");
        Validator first = validator(journal).concurrency(1).build();
        targetFaults.on(SessionOperation.FIND).skip(SESSIONS / 2).times(1).runBefore(call -> first.cancel());
        ValidationReport cancelled = first.run();
        targetFaults.resetCalls();

        ValidationReport report = validator(journal).resume(true).build().run();

        assertThat(cancelled.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.counts().differing()).isZero();
        assertThat(report.counts().matched()).isEqualTo(SESSIONS);
        assertThat(report.counts().unreadableInSource()).isEqualTo(1);
        assertThat(report.counts().target()).isEqualTo(SESSIONS);
        assertThat(report.run().attempts()).isEqualTo(2);
        assertThat(targetFaults.calls(SessionOperation.FIND))
                .isEqualTo(SESSIONS - cancelled.counts().matched());
    }

    @Test
    void resume_ofARunThatCameToItsEnd_judgesOnlyWhatDifferedAgain() {
        makeDifferences();
        Path journal = folder.resolve("journal.jsonl");
        ValidationReport before = validator(journal).build().run();
        Reconciler.between(source, target).reconcile(Samples.key(1));
        Reconciler.between(source, target).reconcile(Samples.key(2));
        target.delete(Samples.key(3), Precondition.none());
        sourceFaults.resetCalls();

        ValidationReport after = validator(journal).resume(true).build().run();

        assertThat(before.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(after.counts().differing()).isZero();
        assertThat(after.counts().sharedDifferent()).isEqualTo(1);
        assertThat(after.counts().matched()).isEqualTo(SESSIONS - 1);
        assertThat(sourceFaults.calls(SessionOperation.FIND)).isLessThan(10);
    }

    @Test
    void resume_withRepair_repairsWhatWasFound() {
        target.delete(Samples.key(1), Precondition.none());
        Path journal = folder.resolve("journal.jsonl");
        validator(journal).build().run();

        ValidationReport repaired =
                validator(journal).resume(true).repair(true).build().run();

        assertThat(repaired.counts().differing()).isZero();
        assertThat(repaired.counts().repaired()).isEqualTo(1);
        assertThat(repaired.counts().matched()).isEqualTo(SESSIONS);
    }

    @Test
    void resume_ofASample_takesTheSeedOfTheJournal() {
        Path journal = folder.resolve("journal.jsonl");
        ValidationReport first = validator(journal).sample(0.5).build().run();
        long seed = first.sample().orElseThrow().seed();

        ValidationReport again =
                validator(journal).sample(0.5).resume(true).build().run();

        assertThat(again.sample()).isEqualTo(first.sample());
        assertThat(again.counts()).isEqualTo(first.counts());
        assertThatThrownBy(() -> validator(journal)
                        .sample(0.5)
                        .sampleSeed(seed + 1)
                        .resume(true)
                        .build()
                        .run())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("seed " + seed + ", not " + (seed + 1));
        assertThatThrownBy(() -> validator(journal).resume(true).build().run())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("sample");
    }

    @Test
    void journal_ofAnotherRun_isRefused() {
        Path journal = folder.resolve("journal.jsonl");
        Migrator.builder(source, target).journal(journal).build().run();

        assertThatThrownBy(() -> validator(journal).resume(true).build().run())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("migration");
        assertThatThrownBy(() -> validator(journal).build().run())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("holds a run already");
    }

    @Test
    void journal_holdsNoContent() throws IOException {
        makeDifferences();
        Path journal = folder.resolve("journal.jsonl");

        validator(journal).showValues(true).build().run();

        assertThat(Files.readString(journal))
                .contains("\"status\":\"different\"", "\"status\":\"equal\"", "\"scan\":\"target\"")
                .doesNotContain(Samples.SECRET)
                .doesNotContain("EUR");
    }

    @Test
    void build_withResumeAndNoJournal_isRefused() {
        Validator.Builder builder = Validator.builder(source, target).resume(true);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("give the journal");
    }

    /** One of each kind: different, missing, unexpected, and shared state. */
    private void makeDifferences() {
        target.delete(Samples.key(1), Precondition.none());
        Samples.put(target, Samples.session(Samples.key(1), 1));
        target.delete(Samples.key(2), Precondition.none());
        source.delete(Samples.key(3), Precondition.none());
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", null)));
    }

    private Validator.Builder validator(Path journal) {
        return Validator.builder(
                        new UnreadableRecordsService(
                                new FaultySessionService(source, sourceFaults),
                                source.capabilities(),
                                new UnreadableRecord("a-record", "not readable")),
                        new FaultySessionService(target, targetFaults))
                .journal(journal)
                .pageSize(7)
                .retryDelay(Duration.ofMillis(1));
    }
}
