package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stores in use: what is different for a while only does not count, and what stays different does. */
class ValidationOfChangingStoresTest {

    private static final SessionKey KEY = Samples.key(3);
    private static final SharedScope APP = SharedScope.app("shop");
    private static final Map<String, SharedValue> THEME = Map.of("theme", SharedValue.of("dark", null));
    private static final int MOST_JUDGED_AGAIN = 10_000;

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @BeforeEach
    void fill() {
        Samples.fill(source, 10, 3);
        Samples.fill(target, 10, 3);
    }

    @Test
    void run_whenTheSourceChangesBetweenTheReads_andTheTargetFollows_isEqual() {
        sourceFaults
                .on(SessionOperation.FIND)
                .forKeys(KEY::equals)
                .times(1)
                .runAfter(call -> source.append(KEY, Samples.event(100)));
        targetFaults
                .on(SessionOperation.FIND)
                .forKeys(KEY::equals)
                .skip(1)
                .times(1)
                .runAfter(call -> target.append(KEY, Samples.event(100)));

        assertAllEqual(run());
    }

    @Test
    void run_whenASecondWriteComesLate_isEqual() {
        source.append(KEY, Samples.event(100));
        targetFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> target.append(KEY, Samples.event(100)));

        assertAllEqual(run());
    }

    @Test
    void run_whenASecondCreateComesLate_isEqual() {
        target.delete(KEY, Precondition.none());
        targetFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> Samples.put(target, Samples.session(KEY, 3)));

        assertAllEqual(run());
    }

    @Test
    void run_whenASecondDeleteComesLate_isEqual() {
        source.delete(KEY, Precondition.none());
        targetFaults
                .on(SessionOperation.FIND)
                .forKeys(KEY::equals)
                .times(1)
                .runAfter(call -> target.delete(KEY, Precondition.none()));

        ValidationReport report = run();

        assertThat(report.equal()).isTrue();
        assertThat(report.counts().matched()).isEqualTo(9);
    }

    @Test
    void run_whenASessionIsCreatedAfterTheScanOfTheSource_inTheTargetFirst_isEqual() {
        SessionKey late = Samples.key(99);
        targetFaults
                .on(SessionOperation.SCAN)
                .times(1)
                .runBefore(call -> Samples.put(target, Samples.session(late, 1)));
        targetFaults
                .on(SessionOperation.FIND)
                .forKeys(late::equals)
                .times(1)
                .runAfter(call -> Samples.put(source, Samples.session(late, 1)));

        assertThat(run().equal()).isTrue();
    }

    @Test
    void run_whenSharedStateOfTheTargetComesLate_isEqual() {
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));
        targetFaults
                .on(SessionOperation.SCAN)
                .times(1)
                .runBefore(call -> target.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null))));

        ValidationReport report = run();

        assertAllEqual(report);
        assertThat(report.counts().sharedScopes()).isEqualTo(1);
    }

    @Test
    void run_whenAStoreFailsForAWhile_comparesAgainAtTheEnd() {
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).times(4).failBefore(SessionErrorCode.UNAVAILABLE);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));
        target.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));
        sourceFaults.on(SessionOperation.FIND_SHARED_STATE).times(4).failBefore(SessionErrorCode.UNAVAILABLE);

        ValidationReport report = run();

        assertAllEqual(report);
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void run_whenAStoreGoesOnFailing_tellsItOnce() {
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).failBefore(SessionErrorCode.UNAVAILABLE);

        ValidationReport report = run();

        assertThat(report.counts().failed()).isEqualTo(1);
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.count()).isEqualTo(1);
            assertThat(problem.examples()).hasSize(1);
        });
    }

    @Test
    void run_whenWhatDiffersIsDeletedFromTheSource_tellsItOnceAsUnexpected() {
        add(source, 100);
        targetFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> source.delete(KEY, Precondition.none()));

        ValidationReport report = run();

        assertThat(report.counts()).isEqualTo(new ValidationCounts(9, 10, 9, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(report.sessions())
                .extracting(DifferingSession::status)
                .containsExactly(DifferingSession.Status.UNEXPECTED);
    }

    @Test
    void run_whenWhatDiffersGetsOtherDifferences_tellsTheLastOnes() {
        add(source, 100);
        targetFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> {
            add(target, 100);
            add(target, 101);
        });

        ValidationReport report = run();

        assertThat(report.counts().different()).isEqualTo(1);
        assertThat(report.sessions())
                .singleElement()
                .satisfies(session -> assertThat(session.differences())
                        .extracting(Difference::path)
                        .contains("events[4]")
                        .doesNotContain("events[3]"));
        assertThat(report.counts().differences())
                .isEqualTo(report.sessions().get(0).differences().size());
    }

    @Test
    void run_whenMoreDifferThanAreJudgedAgain_aSessionThatChangesMeanwhileIsStillEqual() {
        for (int i = 0; i < MOST_JUDGED_AGAIN; i++) {
            Samples.put(
                    source,
                    Session.builder(new SessionKey("a", "missing", "s" + i), Samples.T0)
                            .build());
        }
        sourceFaults.on(SessionOperation.FIND).forKeys(KEY::equals).times(1).runAfter(call -> add(source, 100));
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).times(1).runBefore(call -> add(target, 100));

        ValidationReport report = validator().concurrency(1).build().run();

        assertThat(report.counts().missing()).isEqualTo(MOST_JUDGED_AGAIN);
        assertThat(report.counts().different()).isZero();
        assertThat(report.counts().matched()).isEqualTo(10);
    }

    @Test
    void run_whenMoreScopesDifferThanAreJudgedAgain_aScopeThatChangesMeanwhileIsStillEqual() {
        for (int i = 0; i < MOST_JUDGED_AGAIN; i++) {
            source.storeSharedState(SharedScope.user("a", "missing-" + i), THEME);
        }
        SharedScope late = SharedScope.user("b", "late");
        source.storeSharedState(late, THEME);
        long looksAtEach = 2;
        targetFaults
                .on(SessionOperation.FIND_SHARED_STATE)
                .skip(looksAtEach * MOST_JUDGED_AGAIN)
                .times(1)
                .runAfter(call -> target.storeSharedState(late, THEME));

        ValidationReport report = validator().concurrency(1).build().run();

        assertThat(report.counts().sharedDifferent()).isEqualTo(MOST_JUDGED_AGAIN);
        assertThat(target.findSharedState(late)).isNotEmpty();
    }

    /** Adds an event without effect on shared state. */
    private static void add(InMemorySessionService store, int event) {
        Session session = store.find(KEY, EventSelection.all()).orElseThrow();
        List<SessionEvent> events = new ArrayList<>(session.events());
        events.add(Samples.event(event));
        store.store(session.toBuilder().events(events).build(), Precondition.none());
    }

    private ValidationReport run() {
        return validator().build().run();
    }

    private Validator.Builder validator() {
        return Validator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .retryDelay(Duration.ofMillis(1));
    }

    private static void assertAllEqual(ValidationReport report) {
        assertThat(report.equal()).as(report.toMarkdown()).isTrue();
        assertThat(report.counts().source()).isEqualTo(10);
        assertThat(report.counts().matched()).isEqualTo(10);
        assertThat(report.sessions()).isEmpty();
    }
}
