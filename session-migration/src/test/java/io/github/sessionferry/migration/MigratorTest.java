package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.UnreadableRecord;
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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MigratorTest {

    private static final SharedScope APP = SharedScope.app("shop");
    private static final SharedScope USER = SharedScope.user("shop", "user-1");

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);

    @Test
    void run_ofAFilledStore_movesAllOfIt() {
        Samples.fill(source, 500, 5);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        source.storeSharedState(USER, Map.of("theme", SharedValue.of("dark", Samples.T0)));

        MigrationReport report = migrator().build().run();

        assertThat(report.counts()).isEqualTo(new MigrationCounts(500, 0, 0, 0, 0, 0, 0, 2_500, 0));
        assertThat(report.sharedState().scopes()).isEqualTo(2);
        assertThat(report.sharedState().written()).isEqualTo(2);
        assertThat(report.succeeded()).isTrue();
        assertThat(target.findSharedState(USER).get("theme").value()).isEqualTo("dark");
        assertEqualStores(500);
    }

    @Test
    void run_again_changesNothing() {
        Samples.fill(source, 300, 3);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        migrator().build().run();
        targetFaults.resetCalls();

        MigrationReport report = migrator().build().run();

        assertThat(report.counts()).isEqualTo(new MigrationCounts(0, 0, 300, 0, 0, 0, 0, 0, 0));
        assertThat(report.sharedState().unchanged()).isEqualTo(1);
        assertThat(targetFaults.calls(SessionOperation.STORE)).isZero();
    }

    @Test
    void run_ofNewSessions_writesThemWithoutALookAtTheTarget() {
        Samples.fill(source, 100, 2);

        MigrationReport report = migrator().concurrency(1).build().run();

        assertThat(report.counts().created()).isEqualTo(100);
        assertThat(targetFaults.calls(SessionOperation.FIND)).isEqualTo(1);
        assertEqualStores(100);
    }

    @Test
    void run_whenTheTargetHasSomeOfTheSessions_createsTheOthersAndCompletesThese() {
        Samples.fill(source, 100, 5);
        for (int i = 0; i < 100; i += 3) {
            Samples.put(target, Samples.session(Samples.key(i), 2));
        }

        MigrationReport report = migrator().concurrency(1).build().run();

        assertThat(report.counts()).isEqualTo(new MigrationCounts(66, 34, 0, 0, 0, 0, 0, 66 * 5 + 34 * 3, 0));
        assertEqualStores(100);
    }

    @Test
    void run_whenTheTargetLacksAFewOnly_writesThoseAndLooksAtTheOthers() {
        Samples.fill(source, 100, 2);
        Samples.fill(target, 100, 1);
        target.delete(Samples.key(0), Precondition.none());
        target.delete(Samples.key(50), Precondition.none());
        migrator().build().run();
        target.delete(Samples.key(0), Precondition.none());
        target.delete(Samples.key(50), Precondition.none());
        targetFaults.resetCalls();

        MigrationReport report = migrator().concurrency(1).build().run();

        assertThat(report.counts()).isEqualTo(new MigrationCounts(2, 0, 98, 0, 0, 0, 0, 4, 0));
        assertThat(targetFaults.calls(SessionOperation.STORE)).isEqualTo(4);
        assertEqualStores(100);
    }

    @Test
    void run_withFaultsInAFifthOfAllCalls_losesAndDoublesNothing() {
        Samples.fill(source, 400, 6);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        for (SessionFaults faults : List.of(sourceFaults, targetFaults)) {
            faults.onAny().probability(0.2 / 3).failAfter();
            faults.onAny().probability(0.2 * 2 / 3).failBefore(SessionErrorCode.UNAVAILABLE);
        }

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().done()).isEqualTo(400);
        assertThat(report.counts().migrated()).isGreaterThan(390);
        assertThat(report.counts().retries()).isGreaterThan(100);
        assertThat(report.succeeded()).isTrue();
        assertEqualStores(400);
    }

    @Test
    void run_whenAStoreIsOutForAWhile_triesWhatFailedOnceMoreAtTheEnd() {
        Samples.fill(source, 50, 1);
        targetFaults.on(SessionOperation.FIND).times(20).failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report = migrator().maxRetries(0).build().run();

        assertThat(report.counts().created()).isEqualTo(50);
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void run_whenASessionFailsAgainAndAgain_tellsItOnceAndMovesTheRest() {
        Samples.fill(source, 20, 1);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(7)))
                .failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(19);
        assertThat(report.counts().failed()).isEqualTo(1);
        assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
        assertThat(report.succeeded()).isFalse();
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("UNAVAILABLE");
            assertThat(problem.skipped()).isFalse();
            assertThat(problem.examples().get(0).key()).contains(Samples.key(7));
        });
    }

    @Test
    void run_withRecordsThatCannotBeMoved_skipsThemAndMovesTheRest() {
        Samples.fill(source, 20, 1);
        sourceFaults
                .on(SessionOperation.FIND)
                .forKeys(key -> key.equals(Samples.key(3)))
                .failBefore(SessionErrorCode.CORRUPT);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(4)))
                .failBefore(SessionErrorCode.INVALID_SESSION);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(5)))
                .runBefore(call -> {
                    throw new IllegalArgumentException(Samples.SECRET);
                });
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put(Samples.SECRET, cyclic);
        sourceFaults
                .on(SessionOperation.FIND)
                .forKeys(key -> key.equals(Samples.key(6)))
                .runBefore(call -> Session.builder(Samples.key(6), Samples.T0).state(cyclic));
        SessionService withBrokenRecord = new UnreadableRecordsService(
                faultySource(), source.capabilities(), new UnreadableRecord("folder/broken.json", "no JSON"));

        MigrationReport report =
                Migrator.builder(withBrokenRecord, faultyTarget()).build().run();

        assertThat(report.counts().created()).isEqualTo(16);
        assertThat(report.counts().skipped()).isEqualTo(5);
        assertThat(report.toMarkdown()).contains("nested deeper than 100 levels, or hold themselves");
        assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
        assertThat(report.succeeded()).isFalse();
        assertThat(report.problems()).allMatch(Problem::skipped);
        assertThat(report.toMarkdown()).contains("folder/broken.json", "CORRUPT", "INVALID_SESSION");
        assertThat(report.toMarkdown() + report.toJson()).doesNotContain(Samples.SECRET);
    }

    @Test
    void run_tellsHowLongEachSessionTookAndWhen() {
        Samples.fill(source, 3, 2);
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(1)))
                .runBefore(call -> clock.advance(Duration.ofSeconds(2)));
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(2)))
                .failBefore(SessionErrorCode.INVALID_SESSION);
        SessionService withBrokenRecord = new UnreadableRecordsService(
                faultySource(), source.capabilities(), new UnreadableRecord("folder/broken.json", "no JSON"));

        MigrationReport report = Migrator.builder(withBrokenRecord, faultyTarget())
                .clock(clock)
                .concurrency(1)
                .build()
                .run();

        Speed speed = report.speed();
        assertThat(speed.latency().orElseThrow().sessions()).isEqualTo(3);
        assertThat(speed.slowest()).hasSize(3);
        assertThat(speed.slowest().get(0))
                .isEqualTo(new Speed.SlowSession(
                        Samples.key(1),
                        SessionOutcome.Status.CREATED,
                        Duration.ofSeconds(2),
                        2,
                        Samples.T0.plusSeconds(2)));
        assertThat(speed.timeline().start()).isEqualTo(report.run().started());
        List<Timeline.Span> spans = speed.timeline().spans();
        assertThat(spans).hasSize(9);
        assertThat(spans.stream().mapToLong(Timeline.Span::done).sum())
                .isEqualTo(report.counts().done());
        assertThat(spans.stream().mapToLong(Timeline.Span::notMoved).sum()).isEqualTo(2);
    }

    @Test
    void run_whenCredentialsAreRefused_stopsAtOnce() {
        Samples.fill(source, 1_000, 1);
        targetFaults.on(SessionOperation.STORE).skip(10).failBefore(SessionErrorCode.PERMISSION_DENIED);

        MigrationReport report = migrator().concurrency(4).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo("PERMISSION_DENIED");
        assertThat(report.counts().created()).isEqualTo(10);
        assertThat(report.counts().failed()).isBetween(1L, 4L);
        assertThat(report.succeeded()).isFalse();
        assertThat(targetFaults.calls(SessionOperation.STORE)).isLessThanOrEqualTo(14);
    }

    @Test
    void run_holdsNoMoreSessionsThanTheConcurrency() {
        int concurrency = 6;
        Samples.fill(source, 200, 1);
        CountDownLatch allBusy = new CountDownLatch(concurrency);
        Set<SessionKey> held = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        sourceFaults.on(SessionOperation.FIND).runBefore(call -> {
            held.add(call.key().orElseThrow());
            most.accumulateAndGet(held.size(), Math::max);
            allBusy.countDown();
            await(allBusy);
        });
        MigrationListener releasing = new MigrationListener() {
            @Override
            public void sessionDone(SessionOutcome outcome) {
                held.remove(outcome.key());
            }
        };

        MigrationReport report = migrator()
                .concurrency(concurrency)
                .pageSize(10)
                .listener(releasing)
                .build()
                .run();

        assertThat(report.counts().created()).isEqualTo(200);
        assertThat(most).hasValue(concurrency);
    }

    @Test
    void dryRun_writesNothingAndTellsWhatItWould() {
        Samples.fill(source, 30, 2);
        Samples.put(target, Samples.session(Samples.key(0), 2));
        Samples.put(target, Samples.session(Samples.key(1), 1));
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", Samples.T0)));

        MigrationReport report = migrator().dryRun(true).build().run();

        assertThat(report.dryRun()).isTrue();
        assertThat(report.counts()).isEqualTo(new MigrationCounts(28, 1, 1, 0, 0, 0, 0, 57, 0));
        assertThat(report.sharedState().written()).isEqualTo(1);
        assertThat(targetFaults.totalCalls())
                .isEqualTo(targetFaults.calls(SessionOperation.FIND)
                        + targetFaults.calls(SessionOperation.FIND_SHARED_STATE));
        assertThat(sourceFaults.calls(SessionOperation.STORE)).isZero();
    }

    @Test
    void cancel_duringTheRun_finishesWhatIsUnderWayAndSaysSo() {
        Samples.fill(source, 1_000, 1);
        AtomicReference<Migrator> migrator = new AtomicReference<>();
        MigrationListener cancelling = new MigrationListener() {
            @Override
            public void sessionDone(SessionOutcome outcome) {
                migrator.get().cancel();
            }
        };
        migrator.set(migrator().concurrency(3).listener(cancelling).build());

        MigrationReport report = migrator.get().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.counts().created()).isBetween(1L, 3L);
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void run_whenTheThreadIsInterrupted_endsCleanlyAndKeepsTheInterrupt() {
        Samples.fill(source, 1_000, 1);
        Thread runner = Thread.currentThread();
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> runner.interrupt());

        MigrationReport report = migrator().concurrency(1).build().run();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.counts().failed()).isZero();
        assertThat(report.counts().created()).isBetween(1L, 999L);
    }

    @Test
    void run_withSharedValuesThatDiffer_keepsTheTargetsAndNamesTheirKeys() {
        source.storeSharedState(USER, Map.of("theme", SharedValue.of(Samples.SECRET, null)));
        target.storeSharedState(USER, Map.of("theme", SharedValue.of("light", null)));

        MigrationReport report = migrator().build().run();

        assertThat(report.sharedState().conflicts()).isEqualTo(1);
        assertThat(report.sharedState().conflictExamples())
                .containsExactly(new MigrationReport.SharedKey(USER, "theme"));
        assertThat(report.toMarkdown()).contains("`user:theme`").doesNotContain(Samples.SECRET);
        assertThat(target.findSharedState(USER).get("theme").value()).isEqualTo("light");
    }

    @Test
    void run_writesAJournalWithoutContent(@TempDir Path folder) throws IOException {
        Path journal = folder.resolve("new/run.jsonl");
        Samples.fill(source, 2, 3);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of(Samples.SECRET, Samples.T0)));
        targetFaults
                .on(SessionOperation.STORE)
                .forKeys(key -> key.equals(Samples.key(1)))
                .failBefore(SessionErrorCode.INVALID_SESSION);

        migrator().concurrency(1).journal(journal).build().run();

        List<String> lines = Files.readAllLines(journal);
        assertThat(lines).noneMatch(line -> line.contains(Samples.SECRET));
        assertThat(lines)
                .extracting(MigratorTest::withoutTime)
                .containsExactly("""
                        {"journal":1,"kind":"migration","from":"memory:","to":"memory:","dry_run":false,"temp_state":"drop"}""", """
                        {"scan":"scopes","page_size":200,"partitions":[""]}""", """
                        {"scope":"app","app":"shop","partition":0,"page":0,"status":"done","written":1,"unchanged":0,\
                        "kept":[],"retries":0}""", """
                        {"scan":"scopes","partition":0,"checkpoint":0}""", """
                        {"scan":"sessions","page_size":200,"partitions":[""]}""", """
                        {"app":"shop","user":"user-0","session":"session-00000","partition":0,"page":0,\
                        "created":{"updated":"2026-03-01T10:00:03Z","events":3},"status":"created","events":3,"retries":0,"micros":0}""", """
                        {"app":"shop","user":"user-1","session":"session-00001","partition":0,"page":0,\
                        "status":"skipped","code":"INVALID_SESSION","reason":"injected fault: STORE was refused",\
                        "events":0,"retries":0,"micros":0}""", """
                        {"scan":"sessions","partition":0,"checkpoint":0}""", """
                        {"end":"complete"}""");
    }

    private static String withoutTime(String line) {
        return line.replace(",\"time\":\"" + Samples.T0 + "\"}", "}");
    }

    @Test
    void run_hasWrittenTheJournalsLineBeforeTheListenerIsTold(@TempDir Path folder) {
        Path journal = folder.resolve("run.jsonl");
        Samples.fill(source, 1, 1);
        List<String> seen = new CopyOnWriteArrayList<>();
        MigrationListener reading = new MigrationListener() {
            @Override
            public void sessionDone(SessionOutcome outcome) {
                seen.addAll(readLines(journal));
            }
        };

        migrator().journal(journal).listener(reading).build().run();

        assertThat(seen).last().asString().contains("created");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void run_withAJournalOnAFullDisk_doesNothingAndSaysWhy() {
        Samples.fill(source, 100, 1);
        Migrator migrator = migrator().journal(Path.of("/dev/full")).build();

        assertThatThrownBy(migrator::run)
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("/dev/full", "No space left on device", "make room");
        assertThat(targetFaults.totalCalls()).isZero();
    }

    @Test
    void run_withAJournalThatCannotBeOpened_doesNothing(@TempDir Path folder) {
        Samples.fill(source, 1, 1);
        Migrator migrator = migrator().journal(folder).build();

        assertThatThrownBy(migrator::run).isInstanceOf(JournalException.class).hasMessageContaining("journal");
        assertThat(targetFaults.totalCalls()).isZero();
    }

    @Test
    void run_withASessionDeletedMeanwhile_countsItAsGone() {
        Samples.fill(source, 3, 1);
        sourceFaults
                .on(SessionOperation.FIND)
                .forKeys(key -> key.equals(Samples.key(1)))
                .times(1)
                .runBefore(call -> source.delete(Samples.key(1), Precondition.none()));

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().gone()).isEqualTo(1);
        assertThat(report.counts().created()).isEqualTo(2);
        assertThat(target.find(Samples.key(1), EventSelection.none())).isEmpty();
    }

    @Test
    void run_tellsItsListenerEachSessionAndEachThousand() {
        Samples.fill(source, 2_500, 1);
        AtomicInteger sessions = new AtomicInteger();
        AtomicInteger progress = new AtomicInteger();
        AtomicInteger startedAndFinished = new AtomicInteger();
        MigrationListener listener = new MigrationListener() {
            @Override
            public void started(String from, String to, boolean dryRun) {
                startedAndFinished.incrementAndGet();
            }

            @Override
            public void sessionDone(SessionOutcome outcome) {
                sessions.incrementAndGet();
                throw new IllegalStateException("what a listener throws changes nothing");
            }

            @Override
            public void progress(MigrationProgress soFar) {
                assertThat(soFar.total()).hasValue(2_500);
                assertThat(soFar.remaining()).map(RemainingTime::boundBy).contains("the pace so far");
                progress.incrementAndGet();
            }

            @Override
            public void finished(MigrationReport report) {
                startedAndFinished.incrementAndGet();
            }
        };

        MigrationReport report = migrator().listener(listener).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(sessions).hasValue(2_500);
        assertThat(progress).hasValue(2);
        assertThat(startedAndFinished).hasValue(2);
    }

    @Test
    void build_withATargetThatCannotBeWritten_isRefusedUnlessDry() {
        Set<Capability> readOnly = EnumSet.complementOf(EnumSet.of(Capability.WRITE));
        SessionService target = new UnreadableRecordsService(this.target, readOnly);

        assertThatThrownBy(() -> Migrator.builder(source, target).build()).isInstanceOf(IllegalStateException.class);
        assertThat(Migrator.builder(source, target).dryRun(true).build()).isNotNull();
    }

    @Test
    void builder_withSettingsOutOfBounds_isRefused() {
        Migrator.Builder builder = Migrator.builder(source, target);

        assertThatThrownBy(() -> builder.concurrency(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.pageSize(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxRetries(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.reserve(-0.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.reserve(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void run_twice_isRefused() {
        Migrator migrator = migrator().build();
        migrator.run();

        assertThatThrownBy(migrator::run).isInstanceOf(IllegalStateException.class);
    }

    private Migrator.Builder migrator() {
        return Migrator.builder(faultySource(), faultyTarget()).clock(clock).retryDelay(Duration.ofMillis(1));
    }

    private SessionService faultySource() {
        return new FaultySessionService(source, sourceFaults);
    }

    private SessionService faultyTarget() {
        return new FaultySessionService(target, targetFaults);
    }

    private void assertEqualStores(int sessions) {
        ValidationReport proof = Validator.builder(source, target)
                .tolerance(Duration.ZERO)
                .build()
                .run();
        assertThat(proof.equal()).as(proof.toMarkdown()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(sessions);
        assertThat(proof.counts().target()).isEqualTo(sessions);
    }

    private static List<String> readLines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
