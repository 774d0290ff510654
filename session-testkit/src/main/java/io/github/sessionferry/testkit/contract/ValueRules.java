package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.EVENTS;
import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.testkit.generators.SessionSamples;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is promised of values and times: equal in, equal out. */
interface ValueRules extends ContractRules {

    @Rule(value = "V-01", needs = WRITE)
    @TestFactory
    default Stream<DynamicTest> create_anyValue_isFoundInTheState() {
        return eachValue(value -> {
            SessionKey key = fixture().newKey();

            Session created = fixture()
                    .service()
                    .create(NewSession.builder(key).state(holding(value)).build());

            assertThat(created.state()).isEqualTo(holding(value));
            assertThat(fixture().found(key).state()).isEqualTo(holding(value));
        });
    }

    @Rule("V-02")
    @TestFactory
    default Stream<DynamicTest> store_anyValue_isFoundInStateAndFields() {
        return eachValue(value -> {
            SessionKey key = fixture().newKey();

            Session session = fixture()
                    .seeded(fixture()
                            .session(key)
                            .state(holding(value))
                            .fields(holding(value))
                            .build());

            assertThat(fixture().find(key)).contains(session);
        });
    }

    @Rule(
            value = "V-03",
            needs = {WRITE, EVENTS})
    @TestFactory
    default Stream<DynamicTest> append_anyValue_isFoundInStateAndEvent() {
        return eachValue(value -> {
            SessionKey key = fixture().newKey();
            fixture().create(key);
            SessionEvent event = everywhere(value);

            fixture().service().append(key, event);

            Session found = fixture().found(key);
            assertThat(found.events()).containsExactly(event);
            assertThat(found.state()).isEqualTo(holding(value));
        });
    }

    @Rule(value = "V-04", needs = EVENTS)
    @TestFactory
    default Stream<DynamicTest> store_anyValue_isFoundInEvents() {
        return eachValue(value -> {
            SessionKey key = fixture().newKey();

            Session session = fixture()
                    .seeded(fixture()
                            .session(key)
                            .events(List.of(everywhere(value)))
                            .build());

            assertThat(fixture().find(key)).contains(session);
        });
    }

    @Rule(
            value = "V-05",
            needs = {WRITE, SHARED_STATE})
    @TestFactory
    default Stream<DynamicTest> sharedState_anyValue_isFoundAndSeen() {
        return eachValue(value -> {
            SessionKey key = fixture().newKey();
            String name = fixture().newName("stored");
            fixture().create(key);

            fixture().service().storeSharedState(key.appScope(), Map.of(name, SharedValue.of(value, Fixture.CREATED)));
            fixture()
                    .service()
                    .append(
                            key,
                            fixture().event("e1", 1).toBuilder()
                                    .stateDelta(StateScope.USER.qualify(holding(value)))
                                    .build());

            Session found = fixture().found(key);
            assertThat(found.state(StateScope.APP)).contains(entry(name, value));
            assertThat(found.state(StateScope.USER)).isEqualTo(holding(value));
            assertThat(fixture().service().findSharedState(key.appScope()))
                    .hasEntrySatisfying(
                            name, stored -> assertThat(stored.value()).isEqualTo(value));
        });
    }

    @Rule("V-06")
    @Test
    default void times_areKeptToTheMicrosecond() {
        SessionKey key = fixture().newKey();
        Session.Builder session = Session.builder(key, Instant.parse("2026-01-05T10:00:59.999999Z"))
                .createTime(Instant.parse("2026-01-05T10:00:00.000001Z"));
        if (fixture().can(Capability.EVENTS)) {
            session.events(Stream.of("10:00:00.000001Z", "10:00:00.000002Z", "10:00:01Z", "10:00:01.5Z")
                    .map(time -> SessionEvent.builder("e-" + time, "user", Instant.parse("2026-01-05T" + time))
                            .build())
                    .toList());
        }

        Session stored = fixture().seeded(session.build());

        assertThat(fixture().find(key)).contains(stored);
    }

    @Rule(value = "V-07", needs = WRITE)
    @TestFactory
    default Stream<DynamicTest> anyStateKey_isKeptOrRefused() {
        return SessionSamples.KEYS_OF_MAPS.entrySet().stream()
                .map(sample -> dynamicTest(sample.getKey(), () -> {
                    SessionKey key = fixture().newKey();
                    String name = sample.getValue();
                    Session session = fixture()
                            .session(key)
                            .state(Map.of(name, 1L, "plain", 2L))
                            .fields(Map.of(name, 3L))
                            .build();

                    fixture().service().store(session, Precondition.none());
                    assertThat(fixture().find(key)).contains(session);
                    fixture().service().append(key, fixture().changing("e9", 9, Map.of(name, 4L)));

                    assertThat(fixture().found(key).state()).isEqualTo(Map.of(name, 4L, "plain", 2L));
                }));
    }

    private static Stream<DynamicTest> eachValue(Consumer<@Nullable Object> test) {
        return SessionSamples.values().entrySet().stream()
                .map(sample -> dynamicTest(sample.getKey(), () -> test.accept(sample.getValue())));
    }

    private static Map<String, @Nullable Object> holding(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("value", value);
        map.put("plain", "text");
        return map;
    }

    private SessionEvent everywhere(@Nullable Object value) {
        return fixture().event("e1", 1).toBuilder()
                .content(holding(value))
                .stateDelta(holding(value))
                .actions(holding(value))
                .fields(holding(value))
                .build();
    }
}
