package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.SHARED_STATE_PER_APP;
import static io.github.sessionferry.core.Capability.SHARED_STATE_TIMES;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is promised of state that sessions share. */
interface SharedStateRules extends ContractRules {

    @Rule(
            value = "S-801",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_newKeys_areFoundAndSeenBySessions() {
        SessionKey key = fixture().newKey();
        fixture().create(key);

        SharedStateOutcome ofApp = store(key.appScope(), Map.of("motd", at("hello", 1)));
        SharedStateOutcome ofUser = store(key.userScope(), Map.of("name", at("Ada", 1), "age", at(36L, 1)));

        assertThat(ofApp.written()).containsExactly("motd");
        assertThat(ofUser.written()).containsExactlyInAnyOrder("name", "age");
        assertThat(values(key.appScope())).isEqualTo(Map.of("motd", "hello"));
        assertThat(values(key.userScope())).isEqualTo(Map.of("name", "Ada", "age", 36L));
        assertThat(fixture().found(key).state())
                .isEqualTo(Map.of("app:motd", "hello", "user:name", "Ada", "user:age", 36L));
    }

    @Rule(
            value = "S-802",
            needs = {WRITE, SHARED_STATE, SHARED_STATE_TIMES})
    @Test
    default void storeSharedState_newestValue_wins() {
        SharedScope scope = fixture().newKey().userScope();
        store(scope, Map.of("a", at("first", 10), "b", at("first", 10), "c", at("first", 10)));

        SharedStateOutcome outcome =
                store(scope, Map.of("a", at("later", 11), "b", at("earlier", 9), "c", at("at that time", 10)));

        assertThat(outcome.written()).containsExactly("a");
        assertThat(outcome.kept()).containsExactlyInAnyOrder("b", "c");
        assertThat(values(scope)).isEqualTo(Map.of("a", "later", "b", "first", "c", "first"));
    }

    @Rule(
            value = "S-803",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_valueOfUnknownAge_doesNotReplaceOne() {
        SharedScope scope = fixture().newKey().appScope();
        store(scope, Map.of("motd", at("hello", 10)));

        SharedStateOutcome outcome = store(scope, Map.of("motd", SharedValue.of("bye", null)));

        assertThat(outcome.kept()).containsExactly("motd");
        assertThat(outcome.written()).isEmpty();
        assertThat(values(scope)).isEqualTo(Map.of("motd", "hello"));
    }

    @Rule(
            value = "S-804",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_equalValue_isUnchanged() {
        SharedScope scope = fixture().newKey().userScope();
        store(scope, Map.of("name", at("Ada", 10)));

        SharedStateOutcome outcome = store(scope, Map.of("name", at("Ada", 10)));

        assertThat(outcome.unchanged()).containsExactly("name");
        assertThat(outcome.written()).isEmpty();
        assertThat(outcome.kept()).isEmpty();
    }

    @Rule(
            value = "S-805",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_keysNotGiven_stay() {
        SharedScope scope = fixture().newKey().userScope();
        store(scope, Map.of("name", at("Ada", 10)));

        store(scope, Map.of("age", at(36L, 11)));

        assertThat(values(scope)).isEqualTo(Map.of("name", "Ada", "age", 36L));
    }

    @Rule(
            value = "S-806",
            needs = {WRITE, SHARED_STATE, SHARED_STATE_TIMES})
    @Test
    default void findSharedState_writeTimes_areNotBeforeTheWrites() {
        SessionKey key = fixture().newKey();
        store(key.userScope(), Map.of("stored", at("Ada", 10)));
        Instant before = fixture().now();
        fixture().create(key, Map.of("user:created", 1L));
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("user:appended", 2L)));

        Map<String, SharedValue> found = fixture().service().findSharedState(key.userScope());

        Instant tolerated = fixture().controlsTime() ? before : before.minusSeconds(300);
        assertThat(writeTime(found, "stored")).isAfterOrEqualTo(Fixture.CREATED.plusSeconds(10));
        assertThat(writeTime(found, "created")).isAfterOrEqualTo(tolerated);
        assertThat(writeTime(found, "appended")).isAfterOrEqualTo(tolerated);
    }

    @Rule(
            value = "S-807",
            needs = {WRITE, SHARED_STATE, SHARED_STATE_PER_APP})
    @Test
    default void sharedState_ofTwoApps_isNotShared() {
        SessionKey key = fixture().newKey();
        SessionKey elsewhere = fixture().inOtherApp(key);
        fixture().create(key, Map.of("user:name", "Ada", "app:motd", "hello"));

        assertThat(fixture().create(elsewhere).state()).isEmpty();
        assertThat(values(elsewhere.userScope())).isEmpty();
        assertThat(values(elsewhere.appScope())).isEmpty();
    }

    @Rule(
            value = "S-808",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void scanSharedScopes_anyPageSize_isEveryScopeThatHoldsAValue() {
        Set<SharedScope> scopes = new LinkedHashSet<>();
        Set<String> appNames = new LinkedHashSet<>();
        for (int i = 0; i < 3; i++) {
            SessionKey key = fixture().newKey();
            fixture().create(key, Map.of("user:name", "Ada", "app:motd", "hello"));
            scopes.addAll(List.of(key.appScope(), key.userScope()));
            appNames.add(key.appName());
        }

        for (int limit : List.of(2, 3, 1000)) {
            assertThat(fixture().scannedScopes(limit, appNames)).containsAll(scopes);
        }
    }

    @Rule(value = "S-809", needs = SHARED_STATE)
    @Test
    default void findSharedState_ofNobody_isEmpty() {
        assertThat(values(fixture().newKey().appScope())).isEmpty();
        assertThat(values(fixture().newKey().userScope())).isEmpty();
    }

    @Rule(
            value = "S-810",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void findSharedState_afterAppend_isWhatSessionsSee() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        fixture()
                .service()
                .append(key, fixture().changing("e1", 1, Map.of("user:name", "Ada", "app:motd", "hello", "own", 1L)));

        assertThat(values(key.userScope())).isEqualTo(Map.of("name", "Ada"));
        assertThat(values(key.appScope())).isEqualTo(Map.of("motd", "hello"));
    }

    @Rule(
            value = "S-811",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_replacingValue_isWrittenOverAnyOther() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        store(key.userScope(), Map.of("older", at("first", 10), "undated", at("first", 10), "stays", at("first", 10)));

        SharedStateOutcome outcome = store(
                key.userScope(),
                Map.of(
                        "older", SharedValue.replacing("then", Fixture.CREATED.plusSeconds(5)),
                        "undated", SharedValue.replacing("now", null),
                        "new", SharedValue.replacing(1.0, null)));

        assertThat(outcome.written()).containsExactlyInAnyOrder("older", "undated", "new");
        assertThat(outcome.kept()).isEmpty();
        assertThat(values(key.userScope()))
                .isEqualTo(Map.of("older", "then", "undated", "now", "new", 1.0, "stays", "first"));
        assertThat(fixture().found(key).state()).containsEntry("user:older", "then");
    }

    @Rule(
            value = "S-812",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_replacingValueThatIsThere_isUnchanged() {
        SharedScope scope = fixture().newKey().userScope();
        store(scope, Map.of("name", at("Ada", 10)));

        SharedStateOutcome outcome = store(scope, Map.of("name", SharedValue.replacing("Ada", null)));

        assertThat(outcome.unchanged()).containsExactly("name");
        assertThat(outcome.written()).isEmpty();
    }

    @Rule(
            value = "S-813",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void storeSharedState_removal_takesTheKeyAway() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        store(key.userScope(), Map.of("name", at("Ada", 10), "age", at(36L, 10)));

        SharedStateOutcome outcome =
                store(key.userScope(), Map.of("name", SharedValue.removal(), "never", SharedValue.removal()));
        SharedStateOutcome again = store(key.userScope(), Map.of("name", SharedValue.removal()));

        assertThat(outcome.written()).containsExactly("name");
        assertThat(outcome.unchanged()).containsExactly("never");
        assertThat(again.unchanged()).containsExactly("name");
        assertThat(values(key.userScope())).isEqualTo(Map.of("age", 36L));
        assertThat(fixture().found(key).state()).isEqualTo(Map.of("user:age", 36L));
    }

    @Rule(
            value = "S-814",
            needs = {WRITE, SHARED_STATE, SHARED_STATE_TIMES})
    @Test
    default void findSharedState_afterReplacing_tellsTheGivenTimeOrThatOfTheWrite() {
        SharedScope scope = fixture().newKey().userScope();
        store(scope, Map.of("dated", at("first", 10), "undated", at("first", 10)));
        Instant before = fixture().now();

        store(
                scope,
                Map.of(
                        "dated", SharedValue.replacing("then", Fixture.CREATED.plusSeconds(5)),
                        "undated", SharedValue.replacing("now", null)));

        Map<String, SharedValue> found = fixture().service().findSharedState(scope);
        assertThat(writeTime(found, "dated")).isEqualTo(Fixture.CREATED.plusSeconds(5));
        assertThat(writeTime(found, "undated"))
                .isAfterOrEqualTo(fixture().controlsTime() ? before : before.minusSeconds(300));
    }

    private SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> values) {
        return fixture().service().storeSharedState(scope, values);
    }

    private Map<String, @Nullable Object> values(SharedScope scope) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        fixture().service().findSharedState(scope).forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    private static SharedValue at(Object value, int second) {
        return SharedValue.of(value, Fixture.CREATED.plusSeconds(second));
    }

    private static Instant writeTime(Map<String, SharedValue> values, String key) {
        return Optional.ofNullable(values.get(key))
                .flatMap(SharedValue::writeTime)
                .orElseThrow(() -> new AssertionError("the value has no write time"));
    }
}
