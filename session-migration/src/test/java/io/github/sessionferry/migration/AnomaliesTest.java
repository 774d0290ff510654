package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.migration.ReconcileResult.Status;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interleavings in which migrations of other systems have lost, doubled or revived data, each produced on purpose. The
 * numbers that are missing are of stages of a rollout.
 */
@Timeout(120)
class AnomaliesTest {

    private static final SessionKey KEY = Samples.key("s1");
    private static final int SESSIONS = 30;

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);
    private final Reconciler reconciler = Reconciler.builder(faultySource(), faultyTarget())
            .retryDelay(Duration.ofMillis(1))
            .build();

    @Test
    @DisplayName("I1: the source changes between the read and the write of a copy")
    void i1_whenTheSourceChangesBetweenReadAndWrite_theChangeArrivesToo() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> source.append(KEY, Samples.event(9)));

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.CREATED);
        assertThat(result.eventsAppended()).isEqualTo(3);
        assertThat(inTarget().events()).extracting(SessionEvent::id).containsExactly("e1", "e2", "e9");
        assertThat(inTarget()).isEqualTo(ownStateOnly(inSource()));
    }

    @Test
    @DisplayName("I1: the source changes during every copy")
    void i1_whenTheSourceNeverStopsChanging_endsWithContention() {
        Samples.put(source, Samples.session(KEY, 1));
        int[] next = {100};
        targetFaults.on(SessionOperation.STORE).runBefore(call -> source.append(KEY, Samples.event(next[0]++)));

        assertThatThrownBy(() -> reconciler.reconcile(KEY))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CONTENTION));
    }

    @Test
    @DisplayName("I2: a session is deleted from both stores between the read and the write of its copy")
    void i2_whenBothAreDeletedBeforeTheWrite_leavesNoZombie() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> deleteInBoth());

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(target.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    @DisplayName("I2: the copy is written without an answer, and the source deletes the session")
    void i2_whenTheWriteGaveNoAnswerAndBothWereDeleted_leavesNoZombie() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runAfter(call -> {
            source.delete(KEY, Precondition.none());
            throw new SessionException(SessionErrorCode.UNAVAILABLE, "no answer");
        });

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(target.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    @DisplayName("I2: a session is deleted and created anew between the read and the write of its copy")
    void i2_whenTheSessionIsCreatedAnewAfterTheDelete_holdsNoEventOfTheOldOne() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> {
            deleteInBoth();
            clock.advance(Duration.ofHours(1));
            source.create(NewSession.builder(KEY).state(Map.of("fresh", true)).build());
        });

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.CREATED);
        assertThat(inTarget().events()).isEmpty();
        assertThat(inTarget()).isEqualTo(inSource());
    }

    @Test
    @DisplayName("I3: a copy made at a read races a delete, and somebody uses it before it is looked at again")
    void i3_whenSomebodyUsesWhatARepairLeftInTheTarget_itIsNotTakenAway() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runAfter(call -> {
            source.delete(KEY, Precondition.none());
            target.append(KEY, Samples.event(50));
        });

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(inTarget().events()).extracting(SessionEvent::id).contains("e50");
    }

    @Test
    @DisplayName("I3: a copy made at a read races a delete, and somebody uses it right before it is removed")
    void i3_whenTheTargetIsUsedRightBeforeTheRemoval_theRemovalIsRefused() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runAfter(call -> source.delete(KEY, Precondition.none()));
        targetFaults.on(SessionOperation.DELETE).times(1).runBefore(call -> target.append(KEY, Samples.event(50)));

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(inTarget().events()).extracting(SessionEvent::id).contains("e50");
    }

    @Test
    @DisplayName("I4: the process ends between the source's write and the target's")
    void i4_whenTheSecondWriteNeverCame_validationTellsIt_andTheNextReconciliationBringsIt() {
        Samples.put(source, Samples.session(KEY, 2));
        reconciler.reconcile(KEY);
        source.append(KEY, Samples.event(9));

        ValidationReport between = Validator.builder(source, target)
                .retryDelay(Duration.ofMillis(1))
                .build()
                .run();
        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(between.equal()).isFalse();
        assertThat(between.counts().different()).isEqualTo(1);
        assertThat(result.status()).isEqualTo(Status.UPDATED);
        assertThat(result.eventsAppended()).isEqualTo(1);
        assertThat(inTarget().events()).extracting(SessionEvent::id).containsExactly("e1", "e2", "e9");
    }

    @Test
    @DisplayName("I5: a write is applied, gives no answer, and is tried again")
    void i5_whenTheWriteWasAppliedButGaveNoAnswer_nothingIsDoubled() {
        Session session = Samples.put(source, Samples.session(KEY, 4));
        targetFaults.on(SessionOperation.STORE).times(1).failAfter();

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.CREATED);
        assertThat(result.retries()).isEqualTo(1);
        assertThat(inTarget()).isEqualTo(session);
        assertThat(targetFaults.calls(SessionOperation.STORE)).isEqualTo(1);
    }

    @Test
    @DisplayName("I10: a session that was copied and has changed in the target since is copied again")
    void i10_whenTheTargetWasChangedAfterTheCopy_theOldIsNotCopiedOverTheNew() {
        Samples.put(source, Samples.session(KEY, 2));
        reconciler.reconcile(KEY);
        target.append(KEY, Samples.event(60));
        Session newer = inTarget();

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.TARGET_AHEAD);
        assertThat(inTarget()).isEqualTo(newer);
    }

    @Test
    @DisplayName("I10: the target changes between the read and the write of a copy")
    void i10_whenTheTargetChangesBetweenReadAndWrite_theChangeStays() {
        Samples.put(source, Samples.session(KEY, 3));
        Samples.put(target, Samples.session(KEY, 1));
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> target.append(KEY, Samples.event(60)));

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.TARGET_AHEAD);
        assertThat(inTarget().events()).extracting(SessionEvent::id).containsExactly("e1", "e2", "e3", "e60");
        assertThat(inTarget().state(StateScope.SESSION)).containsEntry("last", "e60");
    }

    @Test
    @DisplayName("I10: a run is resumed by a journal that is older than what was done")
    void i10_whenTheJournalIsOlderThanTheProgress_nothingIsCopiedAgain_andNewerStays(@TempDir Path folder)
            throws IOException {
        Path journal = folder.resolve("run.jsonl");
        Samples.fill(source, 30, 3);
        migrator().journal(journal).build().run();
        List<String> lines = Files.readAllLines(journal);
        Files.write(journal, lines.subList(0, lines.size() / 2));
        for (int i = 0; i < 30; i++) {
            target.append(Samples.key(i), Samples.event(60));
        }
        targetFaults.resetCalls();

        MigrationReport report =
                migrator().journal(journal).resume(true).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts().done()).isEqualTo(30);
        assertThat(report.counts().targetAhead()).isPositive();
        assertThat(targetFaults.calls(SessionOperation.STORE)).isZero();
        assertThat(Samples.keys(target))
                .hasSize(30)
                .allSatisfy(key -> assertThat(events(key)).containsExactly("e1", "e2", "e3", "e60"));
    }

    @Test
    @DisplayName("I11: the scan of the sessions breaks off")
    void i11_whenTheScanBreaksOff_theRunIsNeverComplete() {
        Samples.fill(source, 100, 1);
        sourceFaults.on(SessionOperation.SCAN).skip(3).failBefore(SessionErrorCode.UNAVAILABLE);

        MigrationReport report =
                migrator().pageSize(10).concurrency(1).maxRetries(1).build().run();

        assertThat(report.counts().created()).isEqualTo(30);
        assertThat(report.counts().failed()).isZero();
        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.succeeded()).isFalse();
        assertThat(report.run().stopReason().orElseThrow().message()).contains("scan");
    }

    @Test
    @DisplayName("I11: the scan of shared state breaks off")
    void i11_whenTheScanOfSharedScopesBreaksOff_theRunIsNeverComplete() {
        Samples.fill(source, 10, 1);
        sourceFaults.on(SessionOperation.SCAN_SHARED_SCOPES).failBefore(SessionErrorCode.INTERNAL);

        MigrationReport report = migrator().build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.counts().done()).isZero();
    }

    @Test
    @DisplayName("I11: the scan of a validation breaks off")
    void i11_whenAScanBreaksOff_nothingIsProven() {
        Samples.fill(source, 30, 3);
        Samples.fill(target, 30, 3);
        targetFaults.on(SessionOperation.SCAN).skip(1).failBefore(SessionErrorCode.UNAVAILABLE);

        ValidationReport report = Validator.builder(faultySource(), faultyTarget())
                .retryDelay(Duration.ofMillis(1))
                .pageSize(10)
                .concurrency(1)
                .build()
                .run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.counts().matched()).isEqualTo(30);
        assertThat(report.equal()).isFalse();
    }

    @Test
    @DisplayName("I13: sessions of two users, and of two applications, have the same id")
    void i13_whenUsersAndApplicationsShareASessionId_eachKeepsItsOwnSession() {
        List<SessionKey> keys = List.of(
                new SessionKey("shop", "ana", "same"),
                new SessionKey("shop", "ben", "same"),
                new SessionKey("bank", "ana", "same"),
                new SessionKey("shop", "ana:same", "same"),
                new SessionKey("shop", "ana/same", "same"));
        for (int i = 0; i < keys.size(); i++) {
            Samples.put(source, Samples.session(keys.get(i), i + 1));
        }

        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created()).isEqualTo(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            assertThat(events(keys.get(i))).hasSize(i + 1);
        }
        assertEqualStores(keys.size());
    }

    @Test
    @DisplayName("I15: old events that carry old shared values are copied")
    void i15_historyWithSharedDeltas_leavesSharedStateAlone() {
        SharedScope user = KEY.userScope();
        target.storeSharedState(user, Map.of("theme", SharedValue.of("light", Samples.T0.plusSeconds(999))));
        Samples.put(source, Samples.session(KEY, 5));

        reconciler.reconcile(KEY);

        assertThat(target.findSharedState(user).get("theme").value()).isEqualTo("light");
    }

    @Test
    @DisplayName("I15: shared values are older and newer in the target")
    void i15_sharedState_movesNewestWins() {
        SharedScope app = KEY.appScope();
        source.storeSharedState(
                app,
                Map.of(
                        "absent", SharedValue.of(1L, Samples.T0),
                        "older", SharedValue.of("new", Samples.T0.plusSeconds(1)),
                        "newer", SharedValue.of("old", Samples.T0),
                        "same", SharedValue.of(true, Samples.T0)));
        target.storeSharedState(
                app,
                Map.of(
                        "older", SharedValue.of("old", Samples.T0),
                        "newer", SharedValue.of("new", Samples.T0.plusSeconds(1)),
                        "same", SharedValue.of(true, Samples.T0)));

        SharedReconcileResult preview = reconciler.preview(app);
        SharedReconcileResult result = reconciler.reconcile(app);

        assertThat(result.outcome().written()).containsExactlyInAnyOrder("absent", "older");
        assertThat(result.outcome().unchanged()).containsExactly("same");
        assertThat(result.outcome().kept()).containsExactly("newer");
        assertThat(preview.outcome().written()).containsExactlyInAnyOrder("absent", "older");
        assertThat(preview.outcome().unchanged()).containsExactly("same");
        assertThat(preview.outcome().kept()).containsExactly("newer");
        assertThat(target.findSharedState(app).get("newer").value()).isEqualTo("new");
        assertThat(target.findSharedState(app).get("older").value()).isEqualTo("new");
    }

    @Test
    @DisplayName("I16: another run creates the session right before the write")
    void i16_whenAnotherRunCreatesTheSessionFirst_itIsThereOnce() {
        Session session = Samples.put(source, Samples.session(KEY, 4));
        targetFaults
                .on(SessionOperation.STORE)
                .times(1)
                .runBefore(call -> Reconciler.between(source, target).reconcile(KEY));

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.UNCHANGED);
        assertThat(result.eventsAppended()).isZero();
        assertThat(inTarget()).isEqualTo(session);
    }

    @Test
    @DisplayName("I16: a newer session appears in the target right before the write")
    void i16_whenANewerSessionAppearsInTheTargetBeforeTheWrite_itIsNotOverwritten() {
        Samples.put(source, Samples.session(KEY, 2));
        Session newer = Samples.session(KEY, 2).toBuilder()
                .state(Map.of("count", 99L))
                .updateTime(Samples.T0.plusSeconds(100))
                .build();
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> Samples.put(target, newer));

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.TARGET_AHEAD);
        assertThat(inTarget()).isEqualTo(newer);
    }

    @Test
    @DisplayName("I16: two runs at once, as threads happen to come")
    void i16_twoRunsAtOnce_moveEverythingOnce() {
        Samples.fill(source, 300, 4);

        CompletableFuture<MigrationReport> other =
                CompletableFuture.supplyAsync(() -> migrator().build().run());
        MigrationReport report = migrator().build().run();

        assertThat(report.counts().created() + other.join().counts().created()).isEqualTo(300);
        assertThat(report.counts().done()).isEqualTo(300);
        assertThat(other.join().counts().done()).isEqualTo(300);
        assertEqualStores(300);
    }

    @Test
    @DisplayName("I16: two runs stand before the write of the same session")
    void i16_whenTwoRunsWriteASessionAtTheSameMoment_itIsCreatedOnce_andBothReportsSumUp(@TempDir Path folder)
            throws Exception {
        Samples.fill(source, SESSIONS, 4);
        CyclicBarrier bothAtTheWrite = new CyclicBarrier(2);
        Set<SessionKey> met = ConcurrentHashMap.newKeySet();
        targetFaults.on(SessionOperation.STORE).times(2).runBefore(call -> {
            await(bothAtTheWrite);
            met.add(call.key().orElseThrow());
        });

        CompletableFuture<MigrationReport> other =
                CompletableFuture.supplyAsync(() -> oneByOne(folder.resolve("b.jsonl")));
        MigrationReport one = oneByOne(folder.resolve("a.jsonl"));
        MigrationReport two = other.get(60, TimeUnit.SECONDS);

        assertThat(met).hasSize(1);
        assertThat(one.counts().created() + two.counts().created()).isEqualTo(SESSIONS);
        assertThat(one.counts().eventsAppended() + two.counts().eventsAppended())
                .isEqualTo(SESSIONS * 4);
        for (MigrationReport report : List.of(one, two)) {
            assertThat(report.succeeded()).isTrue();
            assertThat(report.counts().created() + report.counts().unchanged()).isEqualTo(SESSIONS);
        }
        assertEqualStores(SESSIONS);
    }

    @Test
    @DisplayName("I16: a whole other run passes between the read and the write of a session")
    void i16_whenAnotherRunDoesEverythingMeanwhile_theFirstFindsItDone(@TempDir Path folder) {
        Samples.fill(source, SESSIONS, 4);
        AtomicReference<MigrationReport> other = new AtomicReference<>();
        targetFaults
                .on(SessionOperation.STORE)
                .skip(10)
                .times(1)
                .runBefore(call -> other.set(oneByOne(folder.resolve("b.jsonl"))));

        MigrationReport first = oneByOne(folder.resolve("a.jsonl"));

        assertThat(first.counts().created()).isEqualTo(10);
        assertThat(first.counts().unchanged()).isEqualTo(SESSIONS - 10);
        assertThat(other.get().counts().created()).isEqualTo(SESSIONS - 10);
        assertThat(other.get().counts().unchanged()).isEqualTo(10);
        assertEqualStores(SESSIONS);
    }

    @Test
    @DisplayName("I16: one of two runs is rolled back")
    void i16_whenOneOfTwoRunsIsRolledBack_onlyWhatItCreatedGoes_alsoIfTheOtherHadPassedItOver(@TempDir Path folder) {
        Samples.fill(source, SESSIONS, 4);
        AtomicReference<MigrationReport> other = new AtomicReference<>();
        targetFaults.on(SessionOperation.STORE).skip(10).times(1).runBefore(call -> {
            other.set(oneByOne(folder.resolve("b.jsonl")));
            throw new SessionException(SessionErrorCode.PERMISSION_DENIED, "refused");
        });

        MigrationReport stopped = oneByOne(folder.resolve("a.jsonl"));
        List<SessionKey> left = Samples.keys(target);
        MigrationReport again = migrator().build().run();

        assertThat(stopped.rollback().orElseThrow().removed().count()).isEqualTo(10);
        assertThat(stopped.rollback().orElseThrow().changed().count()).isZero();
        assertThat(other.get().counts().unchanged()).isEqualTo(10);
        assertThat(left).hasSize(SESSIONS - 10);
        assertThat(again.counts().created()).isEqualTo(10);
        assertThat(again.counts().unchanged()).isEqualTo(SESSIONS - 10);
        assertEqualStores(SESSIONS);
    }

    private MigrationReport oneByOne(Path journal) {
        return migrator().concurrency(1).journal(journal).build().run();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
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

    private void deleteInBoth() {
        source.delete(KEY, Precondition.none());
        target.delete(KEY, Precondition.none());
    }

    private Session inSource() {
        return source.find(KEY, EventSelection.all()).orElseThrow();
    }

    private Session inTarget() {
        return target.find(KEY, EventSelection.all()).orElseThrow();
    }

    private List<String> events(SessionKey key) {
        return target.find(key, EventSelection.all()).orElseThrow().events().stream()
                .map(SessionEvent::id)
                .toList();
    }

    private static Session ownStateOnly(Session session) {
        return session.toBuilder().state(session.state(StateScope.SESSION)).build();
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
}
