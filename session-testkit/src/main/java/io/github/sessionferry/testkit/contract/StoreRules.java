package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.ATOMIC_PRECONDITIONS;
import static io.github.sessionferry.core.Capability.EVENTS;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.testkit.generators.SessionSamples;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What {@link io.github.sessionferry.core.SessionService#store} and {@code storeAll} promise. */
interface StoreRules extends ContractRules {

    @Rule(value = "S-601", needs = WRITE)
    @Test
    default void store_absentSession_createsItWhole() {
        SessionKey key = fixture().newKey();
        Session session = fixture().sample(key).toBuilder()
                .fields(Map.of("display_name", "Crossing", "labels", Map.of("tier", 1L)))
                .build();

        StoreOutcome outcome = store(session, Precondition.none());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CREATED);
        assertThat(fixture().find(key)).contains(session);
    }

    @Rule(value = "S-602", needs = WRITE)
    @Test
    default void store_ifAbsentButPresent_isAConflictAndChangesNothing() {
        SessionKey key = fixture().newKey();
        Session present = fixture().seeded(fixture().sample(key));
        Session other = fixture().session(key).state(Map.of("topic", "trains")).build();

        StoreOutcome outcome = store(other, Precondition.absent());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CONFLICT);
        assertThat(fixture().find(key)).contains(present);
    }

    @Rule(value = "S-603", needs = WRITE)
    @Test
    default void store_ifRevision_asksForTheCurrentOne() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));
        Session read = fixture().found(key);
        Precondition unchanged = Precondition.revision(read.revision().orElseThrow());
        Session first = read.toBuilder().state(Map.of("topic", "trains")).build();
        Session second = read.toBuilder().state(Map.of("topic", "planes")).build();

        StoreOutcome withCurrent = store(first, unchanged);
        StoreOutcome withOld = store(second, unchanged);

        assertThat(withCurrent.status()).isEqualTo(StoreOutcome.Status.UPDATED);
        assertThat(withOld.status()).isEqualTo(StoreOutcome.Status.CONFLICT);
        assertThat(fixture().find(key)).contains(first);
    }

    @Rule(value = "S-604", needs = WRITE)
    @Test
    default void store_ifRevisionButAbsent_isAConflict() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        Precondition unchanged =
                Precondition.revision(fixture().found(key).revision().orElseThrow());
        fixture().service().delete(key, Precondition.none());

        StoreOutcome outcome = store(session, unchanged);

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CONFLICT);
        assertThat(fixture().find(key)).isEmpty();
    }

    @Rule(value = "S-605", needs = WRITE)
    @Test
    default void store_presentSession_replacesStateTimesAndFields() {
        SessionKey key = fixture().newKey();
        Session before = fixture()
                .seeded(fixture().sample(key).toBuilder()
                        .fields(Map.of("old", 1L))
                        .build());
        Session after = before.toBuilder()
                .state(Map.of("turns", 3L, "mood", "calm"))
                .createTime(Fixture.CREATED.minusSeconds(7))
                .updateTime(before.updateTime().plusSeconds(7))
                .fields(Map.of("new", 2L))
                .build();

        StoreOutcome outcome = store(after, Precondition.none());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.UPDATED);
        assertThat(fixture().find(key)).contains(after);
    }

    @Rule(
            value = "S-606",
            needs = {WRITE, EVENTS})
    @Test
    default void store_missingEvents_takeTheirPlaceAmongThoseOfTheStore() {
        SessionKey key = fixture().newKey();
        SessionEvent first = fixture().event("first", 10);
        SessionEvent second = fixture().event("second", 20);
        SessionEvent third = fixture().event("third", 30);
        SessionEvent fourth = fixture().event("fourth", 40);
        Session held = fixture()
                .seeded(fixture().session(key).events(List.of(second, fourth)).build());

        StoreOutcome outcome =
                store(held.toBuilder().events(List.of(first, second, third)).build(), Precondition.none());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.UPDATED);
        assertThat(outcome.eventsAppended()).isEqualTo(2);
        assertThat(fixture().found(key).events()).containsExactly(first, second, third, fourth);
    }

    @Rule(
            value = "S-607",
            needs = {WRITE, EVENTS})
    @Test
    default void store_eventsOfTheStoreOnly_stay() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        SessionEvent later = fixture().event("e9", 59);
        fixture().service().append(key, later);

        store(session, Precondition.none());

        assertThat(fixture().found(key).events()).hasSize(3).endsWith(later);
    }

    @Rule(value = "S-608", needs = WRITE)
    @Test
    default void store_again_changesNothingMore() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        Session before = fixture().found(key);

        StoreOutcome outcome = store(session, Precondition.none());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.UNCHANGED);
        assertThat(outcome.eventsAppended()).isZero();
        assertThat(fixture().find(key)).contains(before);
        assertThat(fixture().found(key).revision()).isEqualTo(before.revision());
    }

    @Rule(value = "S-609", needs = WRITE)
    @Test
    default void store_sharedAndTemporaryKeys_areIgnored() {
        SessionKey key = fixture().newKey();
        SessionKey sibling = fixture().sibling(key);
        boolean shares = fixture().can(Capability.SHARED_STATE);
        Map<String, Object> shared = shares ? Map.of("user:name", "Ada", "app:motd", "hello") : Map.of();
        fixture().create(sibling, shared);
        Session session = fixture()
                .session(key)
                .state(Map.of("own", 1L, "user:name", "Bob", "app:new", true, "temp:scratch", "x"))
                .build();

        store(session, Precondition.none());

        assertThat(fixture().found(sibling).state()).isEqualTo(shared);
        assertThat(fixture().found(key).state(StateScope.SESSION)).isEqualTo(Map.of("own", 1L));
        assertThat(fixture().found(key).state(StateScope.TEMP)).isEmpty();
    }

    @Rule(
            value = "S-610",
            needs = {WRITE, EVENTS})
    @Test
    default void store_deltasOfTheHistory_changeNoState() {
        SessionKey key = fixture().newKey();
        Session session = fixture()
                .session(key)
                .state(Map.of("topic", "ferries"))
                .events(List.of(fixture()
                        .changing(
                                "e1",
                                1,
                                Map.of("topic", "trains", "gone", 1L, "user:name", "Ada", "app:motd", "hello"))))
                .build();

        store(session, Precondition.none());

        assertThat(fixture().find(key)).contains(session);
        assertThat(fixture().create(fixture().sibling(key)).state()).isEmpty();
    }

    @Rule(
            value = "S-611",
            needs = {WRITE, ATOMIC_PRECONDITIONS})
    @Test
    default void store_ifAbsentAtTheSameTime_createsOne() {
        SessionKey key = fixture().newKey();

        List<StoreOutcome.Status> outcomes = fixture()
                .inParallel(thread -> store(
                                fixture()
                                        .session(key)
                                        .state(Map.of("thread", (long) thread))
                                        .build(),
                                Precondition.absent())
                        .status());

        assertThat(outcomes)
                .containsOnly(StoreOutcome.Status.CREATED, StoreOutcome.Status.CONFLICT)
                .containsOnlyOnce(StoreOutcome.Status.CREATED);
        assertThat(fixture().found(key).state())
                .containsExactly(Map.entry("thread", (long) outcomes.indexOf(StoreOutcome.Status.CREATED)));
    }

    @Rule(
            value = "S-612",
            needs = {WRITE, ATOMIC_PRECONDITIONS})
    @Test
    default void store_ifRevisionAtTheSameTime_updatesOnce() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        Session read = fixture().found(key);
        Precondition unchanged = Precondition.revision(read.revision().orElseThrow());

        List<StoreOutcome.Status> outcomes = fixture()
                .inParallel(thread -> store(
                                read.toBuilder()
                                        .state(Map.of("thread", (long) thread))
                                        .build(),
                                unchanged)
                        .status());

        assertThat(outcomes)
                .containsOnly(StoreOutcome.Status.UPDATED, StoreOutcome.Status.CONFLICT)
                .containsOnlyOnce(StoreOutcome.Status.UPDATED);
        assertThat(fixture().found(key).state())
                .containsExactly(Map.entry("thread", (long) outcomes.indexOf(StoreOutcome.Status.UPDATED)));
    }

    @Rule(value = "S-613", needs = WRITE)
    @Test
    default void storeAll_oneConflict_doesNotStopTheOthers() {
        SessionKey present = fixture().newKey();
        Session held = fixture().seeded(fixture().sample(present));
        Session before = fixture().sample(fixture().sibling(present));
        Session after = fixture().sample(fixture().newKey());

        List<StoreResult> results = fixture()
                .service()
                .storeAll(List.of(
                        new StoreRequest(before, Precondition.absent()),
                        new StoreRequest(fixture().session(present).build(), Precondition.absent()),
                        new StoreRequest(after, Precondition.none())));

        assertThat(results)
                .extracting(StoreResult::key, result -> result.get().status())
                .containsExactly(
                        tuple(before.key(), StoreOutcome.Status.CREATED),
                        tuple(present, StoreOutcome.Status.CONFLICT),
                        tuple(after.key(), StoreOutcome.Status.CREATED));
        assertThat(fixture().find(before.key())).contains(before);
        assertThat(fixture().find(present)).contains(held);
        assertThat(fixture().find(after.key())).contains(after);
    }

    @Rule(
            value = "S-614",
            needs = {WRITE, EVENTS})
    @Test
    default void store_outcome_countsTheEventsAdded() {
        SessionKey key = fixture().newKey();
        Session two = fixture().sample(key);
        Session three = two.toBuilder()
                .events(Stream.concat(two.events().stream(), Stream.of(fixture().event("e3", 3)))
                        .toList())
                .build();

        assertThat(store(two, Precondition.none()).eventsAppended()).isEqualTo(2);
        assertThat(store(three, Precondition.none()).eventsAppended()).isEqualTo(1);
        assertThat(fixture().find(key)).contains(three);
    }

    @Rule(value = "S-615", needs = WRITE)
    @TestFactory
    default Stream<DynamicTest> rehearse_tellsWhatStoringThenTells_andChangesNothing() {
        return SessionSamples.values().entrySet().stream()
                .map(value -> dynamicTest(value.getKey(), () -> {
                    SessionKey key = fixture().newKey();
                    Session session = fixture().sample(key).toBuilder()
                            .fields(Collections.singletonMap("value", value.getValue()))
                            .build();

                    StoreRehearsal rehearsal = fixture().service().rehearse(session);

                    assertThat(fixture().find(key)).isEmpty();
                    StoreOutcome outcome = store(session, Precondition.absent());
                    assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CREATED);
                    assertThat(rehearsal.encodings()).isEqualTo(outcome.encodings());
                    assertThat(rehearsal.storedId()).isEqualTo(outcome.storedId());
                }));
    }

    @Rule(value = "S-616", needs = WRITE)
    @TestFactory
    default Stream<DynamicTest> rehearse_refusesWhatStoringRefuses_andNothingElse() {
        return SessionSamples.HOSTILE_IDS.entrySet().stream()
                .flatMap(id -> Stream.of(
                        Map.entry(id.getKey() + " of a session", keyOf("user", id.getValue())),
                        Map.entry(id.getKey() + " of a user", keyOf(id.getValue(), "session"))))
                .map(sample -> dynamicTest(sample.getKey(), () -> {
                    Session session = fixture().sample(sample.getValue());

                    boolean refused = isRefused(() -> fixture().service().rehearse(session));

                    assertThat(refused).isEqualTo(isRefused(() -> store(session, Precondition.none())));
                }));
    }

    private SessionKey keyOf(String userId, String sessionId) {
        return new SessionKey(fixture().newKey().appName(), userId, sessionId);
    }

    private static boolean isRefused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (SessionException e) {
            assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
            return true;
        }
    }

    private StoreOutcome store(Session session, Precondition precondition) {
        return fixture().service().store(session, precondition);
    }
}
