package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.migration.SelfTestReport.Place;
import io.github.sessionferry.migration.SelfTestReport.Result;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelfTestTest {

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @Test
    void run_withASelfTest_findsEveryFaultInCopiesOfTheStores_andComparesThem() {
        fillBoth(20);

        ValidationReport report = validator().build().run();

        SelfTestReport test = report.selfTest().orElseThrow();
        assertThat(test.falseAlarm()).isFalse();
        assertThat(test.sessions()).isEqualTo(20);
        assertThat(test.results()).extracting(Result::fault).containsExactly(PlantedFault.values());
        assertThat(test.results()).allSatisfy(result -> {
            assertThat(result.found()).as("%s", result.fault()).isTrue();
            assertThat(result.place()).as("%s", result.fault()).isEqualTo(Place.STORES);
        });
        assertThat(test.passed()).isTrue();
        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.counts().matched()).isEqualTo(20);
        assertThat(report.toMarkdown())
                .contains("Self-test: 14 of 14 planted faults were found.", "| an event is dropped | a session of the");
        assertThat(report.toJson()).contains("\"fault\" : \"last_event_dropped\"", "\"planted\" : \"stores\"");
    }

    @Test
    void run_withASelfTest_writesToNeitherStore() {
        fillBoth(20);

        validator().build().run();

        for (SessionOperation operation : SessionOperation.values()) {
            if (operation.isChange()) {
                assertThat(sourceFaults.calls(operation) + targetFaults.calls(operation))
                        .as("%s", operation)
                        .isZero();
            }
        }
    }

    @Test
    void run_withEmptyStores_plantsInAMadeUpSession() {
        SelfTestReport test = validator().build().run().selfTest().orElseThrow();

        assertThat(test.passed()).isTrue();
        assertThat(test.sessions()).isZero();
        assertThat(test.found()).isEqualTo(PlantedFault.values().length);
        assertThat(test.results()).extracting(Result::place).containsOnly(Place.MADE_UP);
    }

    @Test
    void run_withSessionsWithoutEvents_saysThatTheirFaultsAreInAMadeUpSession() {
        Samples.fill(source, 5, 0);
        Samples.fill(target, 5, 0);

        ValidationReport report = validator().build().run();

        assertThat(report.selfTest().orElseThrow().results())
                .filteredOn(result -> result.fault() == PlantedFault.EVENT_DROPPED)
                .extracting(Result::place, Result::found)
                .containsExactly(tuple(Place.MADE_UP, true));
        assertThat(report.toMarkdown())
                .contains(
                        "| an event is dropped | a made-up session; could not be planted in those of the stores | yes |");
    }

    @Test
    void run_withAStoreWithoutSharedState_saysWhatCouldNotBePlanted() {
        Samples.fill(source, 5, 2);
        Samples.fill(target, 5, 2);
        Set<Capability> without = EnumSet.complementOf(EnumSet.of(Capability.SHARED_STATE));

        ValidationReport report = Validator.builder(
                        new UnreadableRecordsService(source, without), new UnreadableRecordsService(target, without))
                .selfTest(true)
                .build()
                .run();

        SelfTestReport test = report.selfTest().orElseThrow();
        assertThat(test.passed()).isTrue();
        assertThat(test.planted()).isEqualTo(PlantedFault.values().length - 3);
        assertThat(test.results())
                .filteredOn(result -> result.place() == Place.NOWHERE)
                .extracting(Result::fault)
                .containsExactly(
                        PlantedFault.SESSION_KEY_BECOMES_USER_KEY,
                        PlantedFault.USER_KEY_BECOMES_SESSION_KEY,
                        PlantedFault.SHARED_VALUE_CHANGED);
        assertThat(report.toMarkdown()).contains("| nothing: could not be planted | – |");
    }

    @Test
    void run_withSessionsThatDifferAlready_copiesOnlyEqualOnes() {
        fillBoth(20);
        target.append(Samples.key(3), Samples.event(50));

        ValidationReport report = validator().build().run();

        assertThat(report.selfTest().orElseThrow().sessions()).isEqualTo(19);
        assertThat(report.selfTest().orElseThrow().passed()).isTrue();
        assertThat(report.counts().different()).isEqualTo(1);
    }

    @Test
    void run_withALargerTolerance_movesTimesFurther() {
        fillBoth(3);

        assertThat(validator()
                        .tolerance(Duration.ofMinutes(1))
                        .build()
                        .run()
                        .selfTest()
                        .orElseThrow()
                        .passed())
                .isTrue();
    }

    @Test
    void run_withASessionThatCannotBeRead_passesOverIt() {
        fillBoth(5);
        sourceFaults.on(SessionOperation.FIND).forKeys(Samples.key(2)::equals).failBefore(SessionErrorCode.CORRUPT);

        assertThat(validator().build().run().selfTest().orElseThrow().sessions())
                .isEqualTo(4);
    }

    @Test
    void run_withMoreSessions_copiesAHundred() {
        fillBoth(150);

        assertThat(validator().build().run().selfTest().orElseThrow().sessions())
                .isEqualTo(100);
    }

    @Test
    void run_whenTheStoresDoNotAnswerTheSelfTest_stops() {
        sourceFaults.on(SessionOperation.SCAN).failBefore(SessionErrorCode.UNAUTHENTICATED);

        ValidationReport report = validator().build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.verdict()).isEqualTo(Verdict.UNPROVEN);
    }

    /** For each fault a comparison that is blind to it, and maybe to others. */
    @ParameterizedTest
    @EnumSource(PlantedFault.class)
    void run_ofABlindedComparison_fails(PlantedFault fault) {
        SelfTestReport report = selfTest(blindedTo(fault));

        assertThat(report.passed()).isFalse();
        assertThat(report.results())
                .filteredOn(result -> !result.found())
                .extracting(Result::fault)
                .contains(fault);
        assertThat(report.inWords()).contains("not these: ").contains(fault.description());
    }

    @Test
    void run_ofAComparisonThatIsNotBlinded_passes() {
        assertThat(selfTest(data -> data).passed()).isTrue();
    }

    @Test
    void run_ofAComparisonThatAlwaysTellsDifferences_fails() {
        SelfTest.Copies copies = new SelfTest.Copies(ScratchData.EMPTY, ScratchData.EMPTY, true);
        SelfTestReport report = new SelfTest(
                        copies,
                        Duration.ofSeconds(1),
                        (from, to) -> compare(from, to.with(Samples.session(Samples.key(77), 1))))
                .run();

        assertThat(report.falseAlarm()).isTrue();
        assertThat(report.passed()).isFalse();
        assertThat(report.inWords()).contains("copies that are equal were told to differ");
    }

    /** The comparison, with both sides seen through glasses that hide something. */
    private SelfTestReport selfTest(UnaryOperator<ScratchData> glasses) {
        return new SelfTest(
                        new SelfTest.Copies(ScratchData.EMPTY, ScratchData.EMPTY, true),
                        Duration.ofSeconds(1),
                        (from, to) -> compare(glasses.apply(from), glasses.apply(to)))
                .run();
    }

    private ValidationReport compare(ScratchData from, ScratchData to) {
        return Validator.builder(new ScratchStore(source, from), new ScratchStore(target, to))
                .retryDelay(Duration.ofMillis(1))
                .build()
                .run();
    }

    private static UnaryOperator<ScratchData> blindedTo(PlantedFault fault) {
        return switch (fault) {
            case EVENT_DROPPED, LAST_EVENT_DROPPED, EVENT_DUPLICATED, EVENT_TIME_MOVED ->
                data -> sessions(
                        data, session -> session.toBuilder().events(List.of()).build());
            case EVENTS_SWAPPED ->
                data -> sessions(
                        data,
                        session -> session.toBuilder()
                                .events(session.events().stream()
                                        .sorted(Comparator.comparing(SessionEvent::id))
                                        .map(event -> at(event, Samples.T0))
                                        .toList())
                                .build());
            case UPDATE_TIME_MOVED ->
                data -> sessions(
                        data,
                        session -> session.toBuilder().updateTime(Samples.T0).build());
            case NUMBER_TYPE_CHANGED, DEEP_VALUE_CHANGED, NULL_FOR_ABSENT ->
                data -> sessions(
                        data, session -> session.toBuilder().state(Map.of()).build());
            case SESSION_KEY_BECOMES_USER_KEY, USER_KEY_BECOMES_SESSION_KEY, SHARED_VALUE_CHANGED ->
                data -> new ScratchData(data.sessions(), Map.of());
            case SESSION_MISSING, SESSION_UNEXPECTED -> data -> ScratchData.EMPTY;
        };
    }

    private static SessionEvent at(SessionEvent event, Instant time) {
        return SessionEvent.builder(event.id(), event.author(), time)
                .content(event.content().orElse(null))
                .build();
    }

    private static ScratchData sessions(ScratchData data, UnaryOperator<Session> change) {
        return new ScratchData(
                data.sessions().values().stream().map(change).collect(Collectors.toMap(Session::key, s -> s)),
                data.shared());
    }

    private Validator.Builder validator() {
        return Validator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .selfTest(true)
                .retryDelay(Duration.ofMillis(1));
    }

    private void fillBoth(int sessions) {
        for (InMemorySessionService store : List.of(source, target)) {
            Samples.fill(store, sessions, 3);
            store.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", null)));
            for (int i = 0; i < sessions; i++) {
                SessionKey key = Samples.key(i);
                store.storeSharedState(
                        SharedScope.user(key.appName(), key.userId()), Map.of("theme", SharedValue.of("dark", null)));
                assertThat(store.find(key, EventSelection.none()).orElseThrow().state(StateScope.USER))
                        .isNotEmpty();
            }
        }
    }
}
