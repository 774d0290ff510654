package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
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

    private Session inTarget() {
        return target.find(KEY, EventSelection.all()).orElseThrow();
    }
}
