package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.ATOMIC_APPEND;
import static io.github.sessionferry.core.Capability.EVENTS;
import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#append} promises. */
interface AppendRules extends ContractRules {

    @Rule(
            value = "S-401",
            needs = {WRITE, EVENTS})
    @Test
    default void append_event_addsItAndItsDelta() {
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("topic", "ferries"));
        SessionEvent event = fixture().changing("e1", 1, Map.of("topic", "trains", "turns", 1L));

        AppendOutcome outcome = fixture().service().append(key, event);

        assertThat(outcome).isEqualTo(AppendOutcome.APPENDED);
        Session found = fixture().found(key);
        assertThat(found.events()).containsExactly(event);
        assertThat(found.state()).isEqualTo(Map.of("topic", "trains", "turns", 1L));
    }

    @Rule(
            value = "S-402",
            needs = {WRITE, EVENTS})
    @Test
    default void append_sameIdAgain_changesNothing() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 1L)));
        Session before = fixture().found(key);

        AppendOutcome outcome = fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 2L)));

        assertThat(outcome).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThat(fixture().find(key)).contains(before);
    }

    @Rule(value = "S-403", needs = WRITE)
    @Test
    default void append_toAnUnknownSession_isRefused() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        SessionKey unknown = fixture().sibling(key);

        assertThatThrownBy(() -> fixture().service().append(unknown, fixture().event("e1", 1)))
                .isInstanceOf(SessionNotFoundException.class);

        assertThat(fixture().find(unknown)).isEmpty();
    }

    @Rule(
            value = "S-404",
            needs = {WRITE, EVENTS})
    @Test
    default void append_laterEvent_movesTheUpdateTime() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        Instant later = session.updateTime().plusSeconds(30);

        fixture().service().append(key, fixture().eventAt("e9", later).build());

        assertThat(fixture().found(key).updateTime()).isEqualTo(later);
    }

    @Rule(
            value = "S-405",
            needs = {WRITE, EVENTS})
    @Test
    default void append_earlierEvent_leavesTheUpdateTime() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        Instant earlier = session.updateTime().minusSeconds(30);

        fixture().service().append(key, fixture().eventAt("e9", earlier).build());

        assertThat(fixture().found(key).updateTime()).isEqualTo(session.updateTime());
    }

    @Rule(
            value = "S-406",
            needs = {WRITE, EVENTS})
    @Test
    default void append_anyOrder_keepsTheOrderOfTime() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        List.of(
                        fixture().event("second", 20),
                        fixture().event("first", 10),
                        fixture().event("third-b", 30),
                        fixture().event("third-a", 30),
                        fixture().event("between", 15),
                        fixture().event("second-again", 20))
                .forEach(event -> fixture().service().append(key, event));

        assertThat(fixture().found(key).events())
                .extracting(SessionEvent::id)
                .containsExactly("first", "between", "second", "second-again", "third-b", "third-a");
    }

    @Rule(value = "S-407", needs = WRITE)
    @Test
    default void append_removal_removesTheKey() {
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("topic", "ferries", "turns", 1L));

        fixture().service().append(key, fixture().changing("e1", 1, Map.of("topic", TaggedValue.REMOVED)));

        assertThat(fixture().found(key).state()).isEqualTo(Map.of("turns", 1L));
    }

    @Rule(value = "S-408", needs = WRITE)
    @Test
    default void append_null_isAValue() {
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("topic", "ferries"));
        Map<String, @Nullable Object> delta = new LinkedHashMap<>();
        delta.put("topic", null);

        fixture()
                .service()
                .append(
                        key,
                        fixture().event("e1", 1).toBuilder().stateDelta(delta).build());

        assertThat(fixture().found(key).state()).isEqualTo(delta);
    }

    @Rule(
            value = "S-409",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void append_sharedDelta_isSeenByTheSameUserAndAppOnly() {
        SessionKey key = fixture().newKey();
        SessionKey sibling = fixture().sibling(key);
        SessionKey otherUser = fixture().ofOtherUser(key);
        List.of(key, sibling, otherUser).forEach(fixture()::create);

        fixture()
                .service()
                .append(key, fixture().changing("e1", 1, Map.of("user:name", "Ada", "app:motd", "hello", "own", 1L)));

        assertThat(fixture().found(key).state()).isEqualTo(Map.of("user:name", "Ada", "app:motd", "hello", "own", 1L));
        assertThat(fixture().found(sibling).state()).isEqualTo(Map.of("user:name", "Ada", "app:motd", "hello"));
        assertThat(fixture().found(otherUser).state()).isEqualTo(Map.of("app:motd", "hello"));
    }

    @Rule(
            value = "S-410",
            needs = {WRITE, EVENTS})
    @Test
    default void append_temporaryDelta_staysInTheEventOnly() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        SessionEvent event = fixture().changing("e1", 1, Map.of("temp:scratch", "x", "own", 1L));

        fixture().service().append(key, event);

        Session found = fixture().found(key);
        assertThat(found.state()).isEqualTo(Map.of("own", 1L));
        assertThat(found.events()).containsExactly(event);
    }

    @Rule(
            value = "S-411",
            needs = {WRITE, EVENTS})
    @Test
    default void append_event_isKeptWithAllItsParts() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        SessionEvent full = SessionEvent.builder("e1", "weather_agent", Fixture.CREATED.plusNanos(1_000))
                .invocationId("invocation-1")
                .content(Map.of(
                        "role",
                        "model",
                        "parts",
                        List.of(
                                Map.of("text", "It rains."),
                                Map.of("function_call", Map.of("id", "c1", "name", "f", "args", Map.of("n", 1L))))))
                .stateDelta(Map.of("turns", 1L))
                .actions(Map.of("artifact_delta", Map.of("plot.png", 3L), "transfer_to_agent", "other"))
                .fields(Map.of(
                        "turn_complete",
                        true,
                        "branch",
                        "root.weather",
                        "long_running_tool_ids",
                        List.of("c1"),
                        "usage_metadata",
                        Map.of("total_token_count", 17L),
                        "a_field_of_tomorrow",
                        Map.of("x", List.of(1.5, 2L))))
                .build();
        SessionEvent bare = SessionEvent.builder("e2", "user", Fixture.CREATED.plusSeconds(1))
                .build();

        fixture().service().append(key, full);
        fixture().service().append(key, bare);

        assertThat(fixture().found(key).events()).containsExactly(full, bare);
    }

    @Rule(
            value = "S-412",
            needs = {WRITE, EVENTS})
    @Test
    default void append_differentEventsAtTheSameTime_keepsAll() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        int perThread = 5;

        List<Integer> appended = fixture().inParallel(thread -> {
            for (int i = 0; i < perThread; i++) {
                String id = "e-" + thread + "-" + i;
                assertThat(fixture().service().append(key, fixture().changing(id, 1 + i, Map.of(id, (long) i))))
                        .isEqualTo(AppendOutcome.APPENDED);
            }
            return perThread;
        });

        Session found = fixture().found(key);
        int total = appended.stream().mapToInt(count -> count).sum();
        assertThat(found.events()).hasSize(total);
        assertThat(found.state()).hasSize(total);
    }

    @Rule(
            value = "S-413",
            needs = {WRITE, EVENTS, ATOMIC_APPEND})
    @Test
    default void append_oneEventAtTheSameTime_keepsOne() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        SessionEvent event = fixture().changing("e1", 1, Map.of("turns", 1L));

        List<AppendOutcome> outcomes =
                fixture().inParallel(thread -> fixture().service().append(key, event));

        assertThat(outcomes).containsOnlyOnce(AppendOutcome.APPENDED);
        assertThat(fixture().found(key).events()).containsExactly(event);
    }

    @Rule(
            value = "S-414",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void append_removalOfSharedKeys_removesThem() {
        SessionKey key = fixture().newKey();
        SessionKey sibling = fixture().sibling(key);
        fixture().create(key, Map.of("user:name", "Ada", "app:motd", "hello", "app:stays", true));
        fixture().create(sibling);

        fixture()
                .service()
                .append(
                        key,
                        fixture()
                                .changing(
                                        "e1",
                                        1,
                                        Map.of("user:name", TaggedValue.REMOVED, "app:motd", TaggedValue.REMOVED)));

        assertThat(fixture().found(sibling).state()).isEqualTo(Map.of("app:stays", true));
    }

    @Rule(
            value = "S-415",
            needs = {WRITE, EVENTS})
    @Test
    default void append_eventThatWasStored_changesNothing() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        SessionEvent stored = session.events().get(0);

        AppendOutcome outcome = fixture()
                .service()
                .append(key, stored.toBuilder().stateDelta(Map.of("turns", 99L)).build());

        assertThat(outcome).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThat(fixture().find(key)).contains(session);
    }

    @Rule(
            value = "S-416",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void append_toAnUnknownSession_changesNoSharedState() {
        SessionKey key = fixture().newKey();
        fixture().create(key);

        assertThatThrownBy(() -> fixture()
                        .service()
                        .append(
                                fixture().sibling(key),
                                fixture().changing("e1", 1, Map.of("user:name", "Ada", "app:motd", "hello"))))
                .isInstanceOf(SessionNotFoundException.class);

        assertThat(fixture().found(key).state()).isEmpty();
    }
}
