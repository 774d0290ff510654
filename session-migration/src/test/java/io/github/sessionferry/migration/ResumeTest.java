package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResumeTest {

    private static final int SESSIONS = 100;
    private static final int EVENTS = 3;
    private static final int PAGE = 10;

    @TempDir
    private Path folder;

    private Path journal = Path.of("");
    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);

    @BeforeEach
    void fill() {
        journal = folder.resolve("run.jsonl");
        Samples.fill(source, SESSIONS, EVENTS);
    }

    @Test
    void resume_withNoFileYet_beginsTheRun() {
        MigrationReport report = resumed().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS);
        assertThat(report.run().attempts()).isEqualTo(1);
    }

    @Test
    void resume_afterACrashAnywhere_endsAsIfNothingHadHappened() throws IOException {
        MigrationReport whole = migrator().build().run();
        List<String> lines = Files.readAllLines(journal);

        for (int survived = 0; survived <= lines.size(); survived += 7) {
            Files.write(journal, lines.subList(0, survived));
            targetFaults.resetCalls();

            MigrationReport report = resumed().build().run();

            assertThat(report.counts().done()).as("after %s lines", survived).isEqualTo(SESSIONS);
            assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
            assertThat(report.counts().created() + report.counts().unchanged()).isEqualTo(SESSIONS);
            assertThat(targetFaults.calls(SessionOperation.STORE)).isZero();
        }
        assertThat(whole.counts().created()).isEqualTo(SESSIONS);
        assertEqualStores();
    }

    @Test
    void resume_withATornLastLine_cutsItOffAndGoesOn() throws IOException {
        migrator().build().run();
        List<String> lines = Files.readAllLines(journal);
        Files.write(journal, lines.subList(0, 40));
        Files.writeString(journal, "{\"app\":\"shop\",\"us", StandardOpenOption.APPEND);

        MigrationReport report = resumed().build().run();

        assertThat(report.counts().done()).isEqualTo(SESSIONS);
        assertThat(Files.readAllLines(journal)).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(resumed().build().run().counts().done()).isEqualTo(SESSIONS);
    }

    @Test
    void resume_ofATornFirstLine_beginsTheRun() throws IOException {
        Files.writeString(journal, "{\"journal\":1,\"fro");

        MigrationReport report = resumed().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS);
    }

    @Test
    void resume_withAPageHalfDone_readsOnlyWhatHasNoLine() throws IOException {
        migrator().concurrency(1).build().run();
        List<String> lines = Files.readAllLines(journal);
        int thirdCheckpoint = nthLine(lines, "\"checkpoint\"", 3);
        Files.write(journal, lines.subList(0, thirdCheckpoint + 5));
        Set<SessionKey> read = readKeys();

        MigrationReport report = resumed().concurrency(1).build().run();

        assertThat(read).hasSize(SESSIONS - 3 * PAGE - 4);
        assertThat(report.counts().created()).isEqualTo(34);
        assertThat(report.counts().unchanged()).isEqualTo(SESSIONS - 34);
        assertThat(report.counts().eventsAppended()).isEqualTo(34 * EVENTS);
    }

    @Test
    void resume_goesOnAtTheLastCheckpoint() throws IOException {
        migrator().concurrency(1).build().run();
        List<String> lines = Files.readAllLines(journal);
        Files.write(journal, lines.subList(0, nthLine(lines, "\"checkpoint\"", 7) + 1));
        sourceFaults.resetCalls();

        resumed().concurrency(1).pageSize(50).build().run();

        assertThat(sourceFaults.calls(SessionOperation.SCAN)).isEqualTo(3);
        assertThat(sourceFaults.calls(SessionOperation.SCAN_PARTITIONS)).isZero();
    }

    @Test
    void resume_afterAKillBetweenCreationAndLine_findsWhatIsThere() {
        targetFaults.on(SessionOperation.STORE).skip(25).times(1).runAfter(call -> {
            throw new Killed();
        });
        assertThatThrownBy(() -> migrator().concurrency(1).build().run()).isInstanceOf(Killed.class);

        MigrationReport report = resumed().build().run();

        assertThat(report.counts().created()).isEqualTo(SESSIONS - 1);
        assertThat(report.counts().unchanged()).isEqualTo(1);
        assertThat(report.run().attempts()).isEqualTo(2);
        assertEqualStores();
    }

    @Test
    void resume_takesUpWhatWasPostponedWhenTheProcessWasKilled() {
        SessionKey late = Samples.key(4);
        targetFaults.on(SessionOperation.STORE).forKeys(late::equals).times(1).failBefore(SessionErrorCode.UNAVAILABLE);
        targetFaults.on(SessionOperation.STORE).skip(59).times(1).runBefore(call -> {
            throw new Killed();
        });
        assertThatThrownBy(() -> migrator().concurrency(1).maxRetries(0).build().run())
                .isInstanceOf(Killed.class);
        Set<SessionKey> read = readKeys();

        MigrationReport report = resumed().build().run();

        assertThat(read).contains(late);
        assertThat(report.counts().created()).isEqualTo(SESSIONS);
        assertThat(report.problems()).isEmpty();
        assertEqualStores();
    }

    @Test
    void resume_ofARunThatEnded_takesUpWhatFailedAlone() {
        SessionKey failing = Samples.key(7);
        targetFaults.on(SessionOperation.STORE).forKeys(failing::equals).failBefore(SessionErrorCode.INTERNAL);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(Samples.key(8)::equals)
                .failBefore(SessionErrorCode.INVALID_SESSION);
        MigrationReport first = migrator().build().run();
        targetFaults.clear();
        Set<SessionKey> read = readKeys();

        MigrationReport second = resumed().build().run();
        MigrationReport third = resumed().build().run();

        assertThat(first.counts().failed()).isEqualTo(1);
        assertThat(read).containsExactly(failing);
        assertThat(second.counts().failed()).isZero();
        assertThat(second.counts().skipped()).isEqualTo(1);
        assertThat(second.counts().created()).isEqualTo(SESSIONS - 1);
        assertThat(third.counts()).isEqualTo(second.counts());
        assertThat(third.run().attempts()).isEqualTo(3);
    }

    @Test
    void resume_restoresTheWholeReport() {
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        source.storeSharedState(SharedScope.user("shop", "user-1"), Map.of("theme", SharedValue.of("dark", null)));
        target.storeSharedState(SharedScope.user("shop", "user-1"), Map.of("theme", SharedValue.of("light", null)));
        UnreadableRecord broken = new UnreadableRecord("folder/broken.json", "no JSON");
        SessionService withBroken = Samples.withOverruledCopies(
                new UnreadableRecordsService(faultySource(), source.capabilities(), broken));
        MigrationReport first =
                settings(Migrator.builder(withBroken, faultyTarget())).build().run();
        clock.advance(Duration.ofHours(5));

        MigrationReport second = settings(Migrator.builder(withBroken, faultyTarget()))
                .resume(true)
                .build()
                .run();

        assertThat(second.counts()).isEqualTo(first.counts());
        assertThat(second.problems()).isEqualTo(first.problems());
        assertThat(first.passedOver().examples()).containsExactly(UnreadableRecordsService.OTHER);
        assertThat(second.passedOver()).isEqualTo(first.passedOver());
        assertThat(first.sharedState().overruledCopies().examples()).hasSize(2);
        assertThat(second.sharedState())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(first.sharedState());
        assertThat(second.encodings()).isEqualTo(first.encodings());
        assertThat(second.mappedIds()).isEqualTo(first.mappedIds());
        assertThat(second.run().started()).isEqualTo(first.run().started());
        assertThat(second.run().idle()).isEqualTo(Duration.ofHours(5));
        assertThat(second.run().duration()).isEqualTo(first.run().duration());
    }

    @Test
    void resume_restoresEncodingsAndIdsOfTheTarget() {
        SessionService encoding = (SessionService) Proxy.newProxyInstance(
                SessionService.class.getClassLoader(),
                new Class<?>[] {SessionService.class},
                (proxy, method, arguments) -> {
                    Object answer = method.invoke(target, arguments);
                    if (answer == target) {
                        return proxy;
                    }
                    return answer instanceof StoreOutcome outcome
                            ? new StoreOutcome(
                                    outcome.status(),
                                    outcome.eventsAppended(),
                                    Map.of("int64", 3),
                                    Optional.of("other-id"))
                            : answer;
                });
        MigrationReport first =
                settings(Migrator.builder(faultySource(), encoding)).build().run();

        MigrationReport second = settings(Migrator.builder(faultySource(), encoding))
                .resume(true)
                .build()
                .run();

        assertThat(first.succeeded()).isTrue();
        assertThat(first.encodings()).containsExactly(Map.entry("int64", 3L * SESSIONS));
        assertThat(second.encodings()).isEqualTo(first.encodings());
        assertThat(second.mappedIds().count()).isEqualTo(SESSIONS);
    }

    @Test
    void resume_withJournalsOfOthers_isRefused() {
        migrator().build().run();
        InMemorySessionService other = InMemorySessionService.builder().build();
        SessionService named = named(other, "memory:other");

        assertRefused(settings(Migrator.builder(named, faultyTarget())).resume(true), "from 'memory:'", "memory:other");
        assertRefused(settings(Migrator.builder(faultySource(), named)).resume(true), "to 'memory:'", "memory:other");
        assertRefused(resumed().dryRun(true), "dry_run 'false'");
        assertThat(other.scanPartitions(1)).isNotEmpty();
    }

    @Test
    void resume_withADryRunsJournal_isRefused() {
        migrator().dryRun(true).build().run();
        targetFaults.resetCalls();

        assertRefused(resumed(), "dry_run 'true'");
        assertThat(targetFaults.totalCalls()).isZero();
    }

    @Test
    void resume_withAJournalThatCannotBeUnderstood_isRefused() throws IOException {
        migrator().build().run();
        List<String> lines = Files.readAllLines(journal);

        for (String broken : List.of(
                "", "{", "[]", "{\"app\":1}", "{\"time\":\"x\"}", lines.get(9).substring(3))) {
            List<String> changed = new ArrayList<>(lines);
            changed.set(9, broken);
            Files.write(journal, changed);

            assertRefused(resumed(), "line 10 of the journal", "begin a new run");
        }
        Files.writeString(journal, "{\"journal\":2,\"time\":\"" + Samples.T0 + "\"}\n");
        assertRefused(resumed(), "version 2", "release");
        Files.writeString(journal, "{\"time\":\"" + Samples.T0 + "\"}\n");
        assertRefused(resumed(), "is no journal");
    }

    @Test
    void resume_takesUpAHundredThousandFailedSessions_andRefusesMore() throws IOException {
        int most = 100_000;
        migrator().build().run();
        Files.write(
                journal,
                IntStream.range(0, most).mapToObj(ResumeTest::failedLine).toList(),
                StandardOpenOption.APPEND);

        MigrationReport report = resumed().build().run();

        assertThat(report.counts().gone()).isEqualTo(most);
        assertThat(report.counts().done()).isEqualTo(SESSIONS + most);

        Files.write(
                journal,
                IntStream.rangeClosed(0, most).mapToObj(ResumeTest::failedLine).toList(),
                StandardOpenOption.APPEND);
        assertRefused(resumed(), "more than 100000 sessions that failed", "begin a new run with another file");
    }

    private static String failedLine(int number) {
        return "{\"app\":\"a\",\"user\":\"u\",\"session\":\"s" + number + "\",\"status\":\"failed\","
                + "\"code\":\"UNAVAILABLE\",\"reason\":\"out\",\"events\":0,\"retries\":0,\"time\":\"" + Samples.T0
                + "\"}";
    }

    @Test
    void run_withMoreFailuresThanAreTriedAgainAtTheEnd_leavesTheRestToAResume() {
        int triedAgain = 10_000;
        int more = 5;
        Samples.fill(source, triedAgain + more, 0);
        targetFaults.on(SessionOperation.STORE).times(triedAgain + more).failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report = migrator()
                .maxRetries(0)
                .maxFailuresInARow(Integer.MAX_VALUE)
                .pageSize(1_000)
                .build()
                .run();
        MigrationReport resumed = resumed().build().run();

        assertThat(report.counts().created()).isEqualTo(triedAgain);
        assertThat(report.counts().failed()).isEqualTo(more);
        assertThat(resumed.counts().created()).isEqualTo(triedAgain + more);
        assertThat(resumed.counts().failed()).isZero();
    }

    @Test
    void run_withAJournalThatHoldsARun_isRefusedUnlessResumed() throws IOException {
        migrator().build().run();
        String before = Files.readString(journal, StandardCharsets.UTF_8);
        targetFaults.resetCalls();

        assertRefused(migrator(), "--resume", "another file");

        assertThat(targetFaults.totalCalls()).isZero();
        assertThat(Files.readString(journal)).isEqualTo(before);
    }

    @Test
    void run_withAJournalInUse_isRefused_andTheOtherGoesOn() {
        sourceFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> assertRefused(resumed(), "in use"));

        MigrationReport report = migrator().build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(sourceFaults.calls(SessionOperation.SCAN)).isPositive();
        assertThat(resumed().build().run().succeeded()).isTrue();
    }

    @Test
    void journal_hasACheckpointForEachPage_inOrderAndAfterItsLines() throws IOException {
        onePartition().concurrency(8).build().run();

        int page = 0;
        Set<String> sessions = new HashSet<>();
        for (String text : Files.readAllLines(journal)) {
            JournalLine line = JournalLine.parse(text);
            if (line.has("session")) {
                sessions.add(line.text("session"));
            } else if (line.has("checkpoint") && line.text("scan").equals("sessions")) {
                assertThat(line.number("checkpoint")).isEqualTo(page++);
                assertThat(sessions).hasSizeGreaterThanOrEqualTo(page * PAGE);
                assertThat(line.findText("next").isPresent()).isEqualTo(page < SESSIONS / PAGE);
            }
        }
        assertThat(page).isEqualTo(SESSIONS / PAGE);
    }

    @Test
    void scan_waitsForItsOldestPage_soThatOpenPagesAreBounded() throws Exception {
        sourceFaults
                .on(SessionOperation.FIND)
                .forKeys(Samples.key(0)::equals)
                .times(1)
                .hangBefore();
        Migrator migrator = onePartition().concurrency(8).build();
        Thread runner = new Thread(migrator::run);

        runner.start();
        assertThat(sourceFaults.awaitHanging(1, Duration.ofSeconds(20))).isTrue();
        while (hasScannedLess(5)) {
            Thread.onSpinWait();
        }
        sourceFaults.release();
        runner.join();

        assertThat(resumed().build().run().counts().done()).isEqualTo(SESSIONS);
    }

    /** Four pages may be open; the fifth was read, and waits. */
    private boolean hasScannedLess(int pages) {
        long scans = sourceFaults.calls(SessionOperation.SCAN);
        assertThat(scans).isLessThanOrEqualTo(pages);
        return scans < pages || targetFaults.calls(SessionOperation.STORE) < 4 * PAGE - 1;
    }

    private Migrator.Builder onePartition() {
        return settings(
                Migrator.builder(new UnreadableRecordsService(faultySource(), source.capabilities()), faultyTarget()));
    }

    private Set<SessionKey> readKeys() {
        Set<SessionKey> read = ConcurrentHashMap.newKeySet();
        sourceFaults
                .on(SessionOperation.FIND)
                .runBefore(call -> read.add(call.key().orElseThrow()));
        return read;
    }

    private static int nthLine(List<String> lines, String part, int nth) {
        int seen = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part) && lines.get(i).contains("\"sessions\"") && ++seen == nth) {
                return i;
            }
        }
        throw new AssertionError("no such line");
    }

    private static void assertRefused(Migrator.Builder migrator, String... reasons) {
        Migrator refused = migrator.build();
        assertThatThrownBy(refused::run).isInstanceOf(JournalException.class).hasMessageContainingAll(reasons);
    }

    private Migrator.Builder resumed() {
        return migrator().resume(true);
    }

    private Migrator.Builder migrator() {
        return settings(Migrator.builder(faultySource(), faultyTarget()));
    }

    private Migrator.Builder settings(Migrator.Builder builder) {
        return builder.clock(clock)
                .retryDelay(Duration.ofMillis(1))
                .pageSize(PAGE)
                .journal(journal);
    }

    private static SessionService named(SessionService store, String name) {
        return (SessionService) Proxy.newProxyInstance(
                SessionService.class.getClassLoader(),
                new Class<?>[] {SessionService.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "name" -> name;
                    case "forBulkWork" -> proxy;
                    default -> method.invoke(store, arguments);
                });
    }

    private SessionService faultySource() {
        return new FaultySessionService(source, sourceFaults);
    }

    private SessionService faultyTarget() {
        return new FaultySessionService(target, targetFaults);
    }

    private void assertEqualStores() {
        ValidationReport proof = Validator.builder(source, target)
                .tolerance(Duration.ZERO)
                .build()
                .run();
        assertThat(proof.equal()).as(proof.toMarkdown()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(SESSIONS);
    }

    /** Ends a run as a crash does: nothing more is written. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
