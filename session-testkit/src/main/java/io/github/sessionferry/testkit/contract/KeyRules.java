package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.EVENTS;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.testkit.generators.SessionSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is promised of ids: hostile ones come back as they were given, or are refused. */
interface KeyRules extends ContractRules {

    @Rule("K-01")
    @TestFactory
    default Stream<DynamicTest> hostileAppName_isKeptOrRefused() {
        return eachHostile(text -> {
            SessionKey key = fixture().newKey();
            return new SessionKey(text + key.appName(), key.userId(), key.sessionId());
        });
    }

    @Rule("K-02")
    @TestFactory
    default Stream<DynamicTest> hostileUserId_isKeptOrRefused() {
        return eachHostile(text -> {
            SessionKey key = fixture().newKey();
            return new SessionKey(key.appName(), text, key.sessionId());
        });
    }

    @Rule("K-03")
    @TestFactory
    default Stream<DynamicTest> hostileSessionId_isKeptOrRefused() {
        return eachHostile(text -> {
            SessionKey key = fixture().newKey();
            return new SessionKey(key.appName(), key.userId(), text);
        });
    }

    @Rule("K-04")
    @TestFactory
    default Stream<DynamicTest> keysThatLookAlike_areDifferentSessions() {
        return SessionSamples.alikeKeys(fixture().newName("app")).entrySet().stream()
                .map(pair -> dynamicTest(pair.getKey(), () -> {
                    List<SessionKey> keys = pair.getValue();
                    List<Session> sessions = new ArrayList<>();
                    for (SessionKey key : keys) {
                        Session session = fixture()
                                .session(key)
                                .state(Map.of("place", (long) sessions.size()))
                                .build();
                        if (seededUnlessRefused(session)) {
                            sessions.add(session);
                        }
                    }

                    assertThat(sessions)
                            .allSatisfy(session ->
                                    assertThat(fixture().find(session.key())).contains(session));
                }));
    }

    @Rule("K-05")
    @Test
    default void visitorWithoutAnAccount_hasSessionsOfTheirOwn() {
        SessionKey key = fixture().newKey();
        SessionKey visitor = new SessionKey(key.appName(), "", key.sessionId());
        Session mine = fixture().seeded(fixture().sample(key));
        Session theirs =
                fixture().session(visitor).state(Map.of("topic", "trains")).build();

        if (seededUnlessRefused(theirs)) {
            assertThat(fixture().find(visitor)).contains(theirs);
            assertThat(fixture().listed(SessionQuery.ofUser(key.appName(), ""), 10))
                    .containsExactly(visitor);
        }

        assertThat(fixture().find(key)).contains(mine);
    }

    @Rule(
            value = "K-06",
            needs = {WRITE, EVENTS})
    @TestFactory
    default Stream<DynamicTest> hostileEventId_isKeptOrRefused() {
        return SessionSamples.HOSTILE_IDS.entrySet().stream()
                .map(sample -> dynamicTest(sample.getKey(), () -> {
                    SessionKey key = fixture().newKey();
                    fixture().create(key);
                    SessionEvent event = SessionEvent.builder(sample.getValue(), sample.getValue(), Fixture.CREATED)
                            .invocationId(sample.getValue())
                            .build();

                    try {
                        fixture().service().append(key, event);
                        assertThat(fixture().service().append(key, event)).isEqualTo(AppendOutcome.ALREADY_PRESENT);
                        assertThat(fixture().found(key).events()).containsExactly(event);
                    } catch (SessionException e) {
                        assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
                        assertThat(fixture().found(key).events()).isEmpty();
                    }
                }));
    }

    @Rule(
            value = "K-07",
            needs = {WRITE, EVENTS})
    @Test
    default void eventIdsThatLookAlike_areDifferentEvents() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        List<SessionEvent> kept = new ArrayList<>();

        for (String id : SessionSamples.ALIKE_IDS) {
            SessionEvent event = SessionEvent.builder(id, "user", Fixture.CREATED.plusSeconds(kept.size()))
                    .build();
            try {
                assertThat(fixture().service().append(key, event)).isEqualTo(AppendOutcome.APPENDED);
                kept.add(event);
            } catch (SessionException e) {
                assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
            }
        }

        assertThat(fixture().found(key).events()).isEqualTo(kept);
    }

    private Stream<DynamicTest> eachHostile(Function<String, SessionKey> keyWith) {
        return SessionSamples.HOSTILE_IDS.entrySet().stream()
                .map(sample -> dynamicTest(sample.getKey(), () -> {
                    SessionKey key = keyWith.apply(sample.getValue());
                    Session session = fixture().sample(key);

                    if (!seededUnlessRefused(session)) {
                        assertThat(foundUnlessRefused(key)).isEmpty();
                        return;
                    }

                    assertThat(fixture().find(key)).contains(session);
                    assertThat(fixture().listed(SessionQuery.ofUser(key.appName(), key.userId()), 2))
                            .containsExactly(key);
                    assertThat(fixture().listed(SessionQuery.ofApp(key.appName()), 2))
                            .containsExactly(key);
                    assertThat(fixture().scanned(ScanCursor.START, 100, Set.of(key)))
                            .containsExactly(key);
                }));
    }

    private boolean seededUnlessRefused(Session session) {
        try {
            fixture().seeded(session);
            return true;
        } catch (SessionException e) {
            assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
            return false;
        }
    }

    private Optional<Session> foundUnlessRefused(SessionKey key) {
        try {
            return fixture().find(key);
        } catch (SessionException e) {
            assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
            return Optional.empty();
        }
    }
}
