package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.Difference.Kind;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidatorTest {

    private static final SessionKey KEY = Samples.key(3);
    private static final SharedScope APP = SharedScope.app("shop");
    private static final SharedScope USER = SharedScope.user("shop", "user-3");

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @Test
    void run_ofEqualStores_isEqual() {
        fillBoth(50);
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));
        target.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", Samples.T0)));

        ValidationReport report = validator().build().run();

        assertThat(report.equal()).isTrue();
        assertThat(report.counts()).isEqualTo(new ValidationCounts(50, 50, 50, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0));
    }

    @Test
    void run_withADroppedEvent_findsIt() {
        change(session ->
                session.toBuilder().events(session.events().subList(0, 2)).build());

        assertOnlyDifference("events[2]", Kind.MISSING, "e3");
    }

    @Test
    void run_withAnExtraEvent_findsIt() {
        fillBoth(10);
        target.store(
                found().toBuilder()
                        .events(plus(Samples.event("copy", Samples.T0.plusSeconds(2))))
                        .build(),
                Precondition.none());

        assertOnlyDifference("events[2]", Kind.UNEXPECTED, "copy");
    }

    @Test
    void run_withATimeMovedByTwoSeconds_findsItAndHowFar() {
        change(session -> session.toBuilder()
                .updateTime(session.updateTime().plusSeconds(2))
                .build());

        Difference difference = assertOnlyDifference("update_time", Kind.DIFFERENT_TIME, null);
        assertThat(difference.detail()).contains("2.000000 s later");
    }

    @Test
    void run_withACreateTimeMovedByTwoSeconds_findsIt() {
        change(session ->
                session.toBuilder().createTime(Samples.T0.minusSeconds(2)).build());

        assertOnlyDifference("create_time", Kind.DIFFERENT_TIME, null);
    }

    @Test
    void run_withAnEventMovedByTwoSeconds_findsIt() {
        change(session -> withEvent(
                session, 2, event -> Samples.event(event.id(), event.timestamp().plusSeconds(2))));

        assertOnlyDifference("events[2].timestamp", Kind.DIFFERENT_TIME, "e3");
    }

    @Test
    void run_withTimesWithinTheTolerance_isEqual() {
        change(session -> session.toBuilder()
                .updateTime(session.updateTime().plusMillis(999))
                .createTime(Samples.T0.minusSeconds(1))
                .build());

        assertThat(validator().build().run().equal()).isTrue();
        assertThat(validator().tolerance(Duration.ZERO).build().run().counts().differences())
                .isEqualTo(2);
    }

    @Test
    void run_withACreateTimeThatOnlyOneStoreKnows_isEqual() {
        change(session -> session.toBuilder().createTime(null).build());

        assertThat(validator().build().run().equal()).isTrue();
    }

    @Test
    void run_withAScopeFlipped_findsBothSides() {
        change(session ->
                session.toBuilder().state(Map.of("cart", cart(session))).build());
        target.storeSharedState(USER, Map.of("count", SharedValue.of(7L, null)));

        ValidationReport report = validator().build().run();

        assertThat(onlySession(report).differences()).singleElement().satisfies(difference -> {
            assertThat(difference.path()).isEqualTo("state.count");
            assertThat(difference.kind()).isEqualTo(Kind.MISSING);
        });
        assertThat(report.counts().sharedDifferent()).isEqualTo(1);
        assertThat(report.scopes()).singleElement().satisfies(scope -> {
            assertThat(scope.scope()).isEqualTo(USER);
            assertThat(scope.differences())
                    .containsExactly(
                            new Difference("state.user:count", Kind.UNEXPECTED, Optional.empty(), Optional.empty()));
        });
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_withAChangedNumberType_findsItAndNamesTheTypes() {
        change(session -> session.toBuilder()
                .state(Map.of("cart", cart(session), "count", 7.0))
                .build());

        Difference difference = assertOnlyDifference("state.count", Kind.DIFFERENT_TYPE, null);
        assertThat(difference.detail()).contains("integer became double");
    }

    @Test
    void run_withANestedValueChanged_findsItsPath() {
        change(session -> session.toBuilder()
                .state(Map.of("cart", Map.of("items", List.of(1L, 2L, "else")), "count", 7L))
                .build());

        assertOnlyDifference("state.cart.items[2]", Kind.DIFFERENT_VALUE, null);
    }

    @Test
    void run_withAnotherField_findsIt() {
        change(session -> session.toBuilder().fields(Map.of("name", "x")).build());

        assertThat(onlySession(validator().build().run()).differences())
                .extracting(Difference::path, Difference::kind)
                .containsExactly(tuple("fields.display_name", Kind.MISSING), tuple("fields.name", Kind.UNEXPECTED));
    }

    @Test
    void run_withADeltaOfAnEventChanged_findsItsPath() {
        change(session -> withEvent(
                session,
                1,
                event -> event.toBuilder()
                        .stateDelta(Map.of("last", "e2", "user:theme", "light"))
                        .build()));

        assertOnlyDifference("events[1].actions.state_delta.user:theme", Kind.DIFFERENT_VALUE, "e2");
    }

    @Test
    void run_withContentOfAnEventChanged_findsItsPath() {
        change(session -> withEvent(
                session,
                0,
                event -> event.toBuilder()
                        .content(Map.of("role", "user", "parts", List.of(Map.of("text", "else"))))
                        .build()));

        assertOnlyDifference("events[0].content.parts[0].text", Kind.DIFFERENT_VALUE, "e1");
    }

    @Test
    void run_withOrderSwapped_findsIt() {
        SessionEvent first = Samples.event("a", Samples.T0.plusSeconds(3));
        SessionEvent second = Samples.event("b", Samples.T0.plusSeconds(3));
        Samples.put(
                source,
                Samples.session(KEY, 0).toBuilder()
                        .events(List.of(first, second))
                        .build());
        Samples.put(
                target,
                Samples.session(KEY, 0).toBuilder()
                        .events(List.of(second, first))
                        .build());

        assertOnlyDifference("events[1]", Kind.DIFFERENT_ORDER, "b");
    }

    @Test
    void run_withASessionMissing_findsIt() {
        fillBoth(10);
        target.delete(KEY, Precondition.none());

        ValidationReport report = validator().build().run();

        assertThat(report.counts()).isEqualTo(new ValidationCounts(10, 9, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(onlySession(report))
                .isEqualTo(new DifferingSession(KEY, DifferingSession.Status.MISSING, List.of()));
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_withASessionTooMuch_findsIt() {
        fillBoth(10);
        source.delete(KEY, Precondition.none());

        ValidationReport report = validator().build().run();

        assertThat(report.counts()).isEqualTo(new ValidationCounts(9, 10, 9, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(onlySession(report).status()).isEqualTo(DifferingSession.Status.UNEXPECTED);
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_withTheSameSessionIdUnderAnotherUser_findsBoth() {
        SessionKey other = new SessionKey("shop", "somebody-else", KEY.sessionId());
        Samples.put(source, Samples.session(KEY, 1));
        Samples.put(target, Samples.session(other, 1));

        ValidationReport report = validator().build().run();

        assertThat(report.counts().missing()).isEqualTo(1);
        assertThat(report.counts().unexpected()).isEqualTo(1);
    }

    @Test
    void run_withSharedStateMissing_findsIt() {
        source.storeSharedState(APP, Map.of("a.b", SharedValue.of(1L, null)));

        ValidationReport report = validator().build().run();

        assertThat(report.counts().sharedScopes()).isEqualTo(1);
        assertThat(report.scopes().get(0).differences())
                .extracting(Difference::path)
                .containsExactly("state[\"app:a.b\"]");
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_hidesValuesUnlessAsked() {
        change(session -> session.toBuilder()
                .state(Map.of("cart", Map.of("items", List.of(1L, 2L, "changed")), "count", "7"))
                .build());

        ValidationReport hidden = validator().build().run();
        ValidationReport shown = validator().showValues(true).build().run();

        assertThat(hidden.toJson() + hidden.toMarkdown() + hidden.sessions())
                .doesNotContain(Samples.SECRET)
                .doesNotContain("changed");
        assertThat(shown.toJson()).contains(Samples.SECRET).contains("changed").contains("integer became string");
    }

    @Test
    void run_whenASessionChangesMeanwhile_judgesItAgain() {
        fillBoth(10);
        SessionEvent late = Samples.event(100);
        sourceFaults.on(SessionOperation.FIND).forKeys(KEY::equals).times(1).runAfter(call -> {
            source.append(KEY, late);
            target.append(KEY, late);
        });

        ValidationReport report = validator().build().run();

        assertThat(report.equal()).isTrue();
        assertThat(report.counts().matched()).isEqualTo(10);
    }

    @Test
    void run_whenASessionNeverStopsChanging_countsItAsDifferent() {
        fillBoth(10);
        int[] next = {100};
        targetFaults
                .on(SessionOperation.FIND)
                .forKeys(KEY::equals)
                .runBefore(call -> target.append(KEY, Samples.event(next[0]++)));

        assertThat(validator().build().run().counts().different()).isEqualTo(1);
    }

    @Test
    void run_whenASessionIsCreatedInBothMeanwhile_isEqual() {
        fillBoth(5);
        SessionKey late = Samples.key(99);
        targetFaults.on(SessionOperation.SCAN).times(1).runBefore(call -> {
            Samples.put(source, Samples.session(late, 1));
            Samples.put(target, Samples.session(late, 1));
        });

        assertThat(validator().build().run().equal()).isTrue();
    }

    @Test
    void run_whenASessionIsDeletedFromBothMeanwhile_isEqual() {
        fillBoth(5);
        sourceFaults.on(SessionOperation.FIND_ALL).times(1).runBefore(call -> {
            source.delete(KEY, Precondition.none());
            target.delete(KEY, Precondition.none());
        });

        assertThat(validator().build().run().equal()).isTrue();
    }

    @Test
    void run_whenASessionOfTheTargetComesToTheSourceMeanwhile_isNotUnexpected() {
        fillBoth(5);
        SessionKey late = Samples.key(99);
        Samples.put(target, Samples.session(late, 1));
        sourceFaults
                .on(SessionOperation.FIND_ALL)
                .times(1)
                .runAfter(call -> Samples.put(source, Samples.session(late, 1)));

        assertThat(validator().build().run().counts().unexpected()).isZero();
    }

    @Test
    void run_withSharedStateOnBothSidesDifferent_countsItOnce() {
        source.storeSharedState(APP, Map.of("a", SharedValue.of(1L, null)));
        target.storeSharedState(APP, Map.of("a", SharedValue.of(2L, null)));

        ValidationReport report = validator().build().run();

        assertThat(report.counts().sharedScopes()).isEqualTo(1);
        assertThat(report.counts().sharedDifferent()).isEqualTo(1);
    }

    @Test
    void run_withMoreDifferencesThanWanted_countsAllAndKeepsSome() {
        Samples.fill(source, 50, 4);
        Samples.fill(target, 50, 1);

        ValidationReport report =
                validator().maxDifferences(20).concurrency(1).build().run();

        assertThat(report.counts().different()).isEqualTo(50);
        assertThat(report.counts().differences()).isEqualTo(50 * 4);
        assertThat(report.sessions()).hasSize(5);
        assertThat(report.sessions().stream()
                        .mapToInt(session -> session.differences().size())
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void run_withRecordsThatCannotBeRead_isNotEqual() {
        fillBoth(5);
        sourceFaults.on(SessionOperation.FIND).forKeys(KEY::equals).failBefore(SessionErrorCode.CORRUPT);

        ValidationReport report = Validator.builder(
                        new UnreadableRecordsService(
                                new FaultySessionService(source, sourceFaults),
                                source.capabilities(),
                                new UnreadableRecord("a", "b")),
                        new UnreadableRecordsService(
                                target,
                                target.capabilities(),
                                new UnreadableRecord("c", "d"),
                                new UnreadableRecord("e", "f")))
                .build()
                .run();

        assertThat(report.counts().unreadableInSource()).isEqualTo(2);
        assertThat(report.counts().unreadableInTarget()).isEqualTo(2);
        assertThat(report.counts().matched()).isEqualTo(4);
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_whenAStoreFailsForOneSession_tellsItAndComparesTheRest() {
        fillBoth(10);
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).failBefore(SessionErrorCode.UNAVAILABLE);

        ValidationReport report = validator().build().run();

        assertThat(report.counts().matched()).isEqualTo(9);
        assertThat(report.counts().failed()).isEqualTo(1);
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_whenCredentialsAreRefused_stops() {
        fillBoth(500);
        targetFaults.on(SessionOperation.FIND).skip(5).failBefore(SessionErrorCode.UNAUTHENTICATED);

        ValidationReport report = validator().concurrency(1).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.counts().failed()).isEqualTo(1);
    }

    @Test
    void run_ofSessionsThatAreNamedAndEqual_provesThemOnly_andScansNothing() {
        fillBoth(10);
        target.delete(Samples.key(5), Precondition.none());

        ValidationReport report =
                validator().sessions(List.of(KEY, Samples.key(4))).build().run();

        assertThat(report.verdict()).isEqualTo(ValidationReport.Verdict.NAMED_EQUAL);
        assertThat(report.passed()).isTrue();
        assertThat(report.equal()).isFalse();
        assertThat(report.counts()).isEqualTo(new ValidationCounts(2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(sourceFaults.calls(SessionOperation.SCAN)).isZero();
        assertThat(targetFaults.calls(SessionOperation.SCAN)).isZero();
    }

    @Test
    void run_ofANamedSession_tellsHowItDiffers_orWhereItIsMissing() {
        change(session -> session.toBuilder().state(Map.of("count", 7L)).build());
        source.delete(Samples.key(4), Precondition.none());
        target.delete(Samples.key(5), Precondition.none());

        ValidationReport report = validator()
                .sessions(List.of(KEY, Samples.key(4), Samples.key(5)))
                .build()
                .run();

        assertThat(report.verdict()).isEqualTo(ValidationReport.Verdict.DIFFERENT);
        assertThat(report.counts()).isEqualTo(new ValidationCounts(2, 2, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0));
        assertThat(report.sessions())
                .filteredOn(session -> session.key().equals(KEY))
                .flatExtracting(DifferingSession::differences)
                .extracting(Difference::path)
                .containsExactly("state.cart");
    }

    @Test
    void run_ofANamedSessionThatNeitherStoreHas_isNoSuccess() {
        fillBoth(10);

        ValidationReport report =
                validator().sessions(List.of(Samples.key(77))).build().run();

        assertThat(report.passed()).isFalse();
        assertThat(report.verdict()).isEqualTo(ValidationReport.Verdict.UNPROVEN);
        assertThat(report.problems())
                .extracting(Problem::code, Problem::count)
                .containsExactly(tuple("IN_NEITHER_STORE", 1L));
    }

    @Test
    void run_ofANamedSession_comparesTheSharedStateThatItSees() {
        fillBoth(10);
        source.storeSharedState(USER, Map.of("theme", SharedValue.of("dark", Samples.T0)));

        ValidationReport report = validator().sessions(List.of(KEY)).build().run();

        assertThat(report.verdict()).isEqualTo(ValidationReport.Verdict.DIFFERENT);
        assertThat(report.scopes()).extracting(DifferingScope::scope).containsExactly(USER);
    }

    @Test
    void build_withNamedSessionsAndASampleOrAJournal_isRefused(@TempDir Path folder) {
        Validator.Builder named = validator().sessions(List.of(KEY));

        assertThatThrownBy(() -> named.journal(folder.resolve("journal")).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("named");
        assertThatThrownBy(() -> validator().sessions(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cancel_beforeTheRun_provesNothing() {
        Validator validator = validator().build();
        validator.cancel();

        ValidationReport report = validator.run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.equal()).isFalse();
    }

    @Test
    void run_writesNothing() {
        fillBoth(10);
        target.delete(KEY, Precondition.none());

        validator().build().run();

        for (SessionOperation operation : SessionOperation.values()) {
            if (operation.isChange()) {
                assertThat(sourceFaults.calls(operation)).as("%s", operation).isZero();
                assertThat(targetFaults.calls(operation)).as("%s", operation).isZero();
            }
        }
    }

    @Test
    void run_withATaggedValueChanged_findsWhere() {
        change(session -> session.toBuilder()
                .state(Map.of(
                        "cart", cart(session), "count", 7L, "place", new TaggedValue("geopoint", Map.of("lat", 1.5))))
                .build());

        assertOnlyDifference("state.place", Kind.UNEXPECTED, null);
    }

    @Test
    void builder_withSettingsOutOfBounds_isRefused() {
        Validator.Builder builder = Validator.builder(source, target);

        assertThatThrownBy(() -> builder.concurrency(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.pageSize(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.tolerance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxDifferences(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.reserve(1)).isInstanceOf(IllegalArgumentException.class);
    }

    private Validator.Builder validator() {
        return Validator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .retryDelay(Duration.ofMillis(1));
    }

    private void fillBoth(int sessions) {
        Samples.fill(source, sessions, 3);
        Samples.fill(target, sessions, 3);
    }

    /** Ten equal sessions, one of them with a change in the target. */
    private void change(UnaryOperator<Session> change) {
        fillBoth(10);
        Session changed = change.apply(found());
        target.delete(KEY, Precondition.none());
        target.store(changed, Precondition.none());
    }

    private Session found() {
        return target.find(KEY, EventSelection.all()).orElseThrow();
    }

    private List<SessionEvent> plus(SessionEvent event) {
        List<SessionEvent> events = new ArrayList<>(found().events());
        events.add(event);
        return events;
    }

    private static Object cart(Session session) {
        return Objects.requireNonNull(session.state().get("cart"));
    }

    private static Session withEvent(Session session, int index, UnaryOperator<SessionEvent> change) {
        List<SessionEvent> events = new ArrayList<>(session.events());
        events.set(index, change.apply(events.get(index)));
        return session.toBuilder().events(events).build();
    }

    private Difference assertOnlyDifference(String path, Kind kind, String eventId) {
        ValidationReport report = validator().build().run();
        assertThat(report.equal()).isFalse();
        assertThat(report.counts().different()).isEqualTo(1);
        DifferingSession session = onlySession(report);
        assertThat(session.key()).isEqualTo(KEY);
        assertThat(session.differences()).as(report.toMarkdown()).hasSize(1);
        Difference difference = session.differences().get(0);
        assertThat(difference.path()).isEqualTo(path);
        assertThat(difference.kind()).isEqualTo(kind);
        assertThat(difference.eventId().orElse(null)).isEqualTo(eventId);
        return difference;
    }

    private static DifferingSession onlySession(ValidationReport report) {
        assertThat(report.sessions()).hasSize(1);
        return report.sessions().get(0);
    }
}
