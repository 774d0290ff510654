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
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.migration.ReconcileResult.Status;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReconcilerTest {

    private static final SessionKey KEY = Samples.key("s1");

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();
    private final Reconciler reconciler = Reconciler.builder(
                    new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
            .retryDelay(Duration.ofMillis(1))
            .build();

    @Test
    void reconcile_ofASessionThatTheTargetLacks_createsItWhole() {
        Session session = Samples.put(source, Samples.session(KEY, 3));

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.CREATED);
        assertThat(result.eventsAppended()).isEqualTo(3);
        assertThat(inTarget()).isEqualTo(session);
    }

    @Test
    void reconcile_again_isUnchangedAndWritesNothing() {
        Samples.put(source, Samples.session(KEY, 3));
        reconciler.reconcile(KEY);
        targetFaults.resetCalls();

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.UNCHANGED);
        assertThat(targetFaults.totalCalls()).isEqualTo(targetFaults.calls(SessionOperation.FIND));
    }

    @Test
    void reconcile_ofASessionThatTheTargetHasOlder_addsWhatIsMissing() {
        Samples.put(target, Samples.session(KEY, 2));
        Session session = Samples.put(source, Samples.session(KEY, 5));

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.UPDATED);
        assertThat(result.eventsAppended()).isEqualTo(3);
        assertThat(inTarget()).isEqualTo(session);
    }

    @Test
    void reconcile_ofASessionThatNobodyHas_isAbsent() {
        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.ABSENT);
    }

    @Test
    void reconcile_ofASessionThatOnlyTheTargetHas_leavesItThere() {
        Session session = Samples.put(target, Samples.session(KEY, 1));

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(inTarget()).isEqualTo(session);
    }

    @Test
    void reconcile_ofASessionThatIsNewerInTheTarget_addsEventsAndKeepsItsStateAndTimes() {
        SessionEvent onlyInSource = Samples.event("from-source", Samples.T0.plusSeconds(2));
        Samples.put(source, Samples.session(KEY, 3));
        source.append(KEY, onlyInSource);
        reconciler.reconcile(KEY);
        target.delete(KEY, Precondition.none());
        Session newer = Samples.put(
                target,
                Samples.session(KEY, 3).toBuilder()
                        .state(Map.of("count", 99L))
                        .updateTime(Samples.T0.plusSeconds(100))
                        .build());

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.TARGET_AHEAD);
        assertThat(result.eventsAppended()).isEqualTo(1);
        assertThat(inTarget().events())
                .containsExactly(
                        newer.events().get(0),
                        newer.events().get(1),
                        onlyInSource,
                        newer.events().get(2));
        assertThat(inTarget().state()).isEqualTo(newer.state());
        assertThat(inTarget().updateTime()).isEqualTo(newer.updateTime());
    }

    @Test
    void reconcile_whenAnEventIsOnlyInTheTargetAndNewer_leavesTheTargetAhead() {
        Samples.put(source, Samples.session(KEY, 2));
        Session ahead = Samples.put(
                target,
                Samples.session(KEY, 3).toBuilder().updateTime(Samples.T0).build());

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.TARGET_AHEAD);
        assertThat(inTarget()).isEqualTo(ahead);
    }

    @Test
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
    void i1_whenTheSourceNeverStopsChanging_endsWithContention() {
        Samples.put(source, Samples.session(KEY, 1));
        int[] next = {100};
        targetFaults.on(SessionOperation.STORE).runBefore(call -> source.append(KEY, Samples.event(next[0]++)));

        assertThatThrownBy(() -> reconciler.reconcile(KEY))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CONTENTION));
    }

    @Test
    void i2_whenBothAreDeletedBeforeTheWrite_leavesNoZombie() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runBefore(call -> deleteInBoth());

        ReconcileResult result = reconciler.reconcile(KEY);

        assertThat(result.status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(target.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
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
    void i3_whenTheTargetIsUsedRightBeforeTheRemoval_theRemovalIsRefused() {
        Samples.put(source, Samples.session(KEY, 2));
        targetFaults.on(SessionOperation.STORE).times(1).runAfter(call -> source.delete(KEY, Precondition.none()));
        targetFaults.on(SessionOperation.DELETE).times(1).runBefore(call -> target.append(KEY, Samples.event(50)));

        assertThat(reconciler.reconcile(KEY).status()).isEqualTo(Status.SOURCE_ABSENT);
        assertThat(inTarget().events()).extracting(SessionEvent::id).contains("e50");
    }

    @Test
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
    void i15_historyWithSharedDeltas_leavesSharedStateAlone() {
        SharedScope user = KEY.userScope();
        target.storeSharedState(user, Map.of("theme", SharedValue.of("light", Samples.T0.plusSeconds(999))));
        Samples.put(source, Samples.session(KEY, 5));

        reconciler.reconcile(KEY);

        assertThat(target.findSharedState(user).get("theme").value()).isEqualTo("light");
    }

    @Test
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
    void reconcile_afterFailuresThatPass_succeedsAndCountsTheRetries() {
        Samples.put(source, Samples.session(KEY, 1));
        sourceFaults.on(SessionOperation.FIND).times(2).failBefore(SessionErrorCode.UNAVAILABLE);
        targetFaults.on(SessionOperation.STORE).times(1).failBefore(SessionErrorCode.RATE_LIMITED);

        assertThat(reconciler.reconcile(KEY).retries()).isEqualTo(3);
    }

    @Test
    void reconcile_afterTheLastRetry_throwsTheStoresError() {
        Samples.put(source, Samples.session(KEY, 1));
        sourceFaults.on(SessionOperation.FIND).failBefore(SessionErrorCode.UNAVAILABLE);

        assertThatThrownBy(() -> reconciler.reconcile(KEY))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE));
        assertThat(sourceFaults.calls(SessionOperation.FIND)).isEqualTo(4);
    }

    @Test
    void reconcile_afterAFailureThatStays_isNotRepeated() {
        Samples.put(source, Samples.session(KEY, 1));
        targetFaults.on(SessionOperation.STORE).failBefore(SessionErrorCode.INVALID_SESSION);

        assertThatThrownBy(() -> reconciler.reconcile(KEY))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION));
        assertThat(targetFaults.calls(SessionOperation.STORE)).isEqualTo(1);
    }

    @Test
    void reconcile_whenTheThreadIsInterrupted_endsAtOnceAndKeepsTheInterrupt() {
        Samples.put(source, Samples.session(KEY, 1));

        Thread.currentThread().interrupt();

        try {
            assertThatThrownBy(() -> reconciler.reconcile(KEY)).isInstanceOf(SessionException.class);
            assertThat(sourceFaults.calls(SessionOperation.FIND)).isEqualTo(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void preview_tellsWhatWouldBeDoneAndWritesNothing() {
        Samples.put(source, Samples.session(KEY, 3));

        ReconcileResult result = reconciler.preview(KEY);

        assertThat(result.status()).isEqualTo(Status.CREATED);
        assertThat(result.eventsAppended()).isEqualTo(3);
        assertThat(targetFaults.calls(SessionOperation.STORE)).isZero();
        assertThat(target.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    void builder_withBoundsOvershot_isRefused() {
        Reconciler.Builder builder = Reconciler.builder(source, target);

        assertThatThrownBy(() -> builder.maxRetries(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.retryDelay(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.retryDelay(Duration.ofHours(1))).isInstanceOf(IllegalArgumentException.class);
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

    private static Session ownStateOnly(Session session) {
        return session.toBuilder().state(session.state(StateScope.SESSION)).build();
    }
}
