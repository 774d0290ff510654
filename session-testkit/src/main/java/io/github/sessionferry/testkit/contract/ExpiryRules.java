package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.EXPIRY;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is promised of sessions that expire. */
interface ExpiryRules extends ContractRules {

    @Rule(
            value = "S-901",
            needs = {WRITE, EXPIRY})
    @Test
    default void create_withExpiry_keepsIt() {
        SessionKey key = fixture().newKey();
        Instant expiry = fixture().now().plus(Duration.ofDays(2));

        createUntil(key, expiry);

        assertThat(fixture().found(key).expireTime()).contains(expiry);
    }

    @Rule(
            value = "S-902",
            needs = {WRITE, EXPIRY})
    @Test
    default void store_withExpiry_keepsIt() {
        SessionKey key = fixture().newKey();
        Session session = fixture().sample(key).toBuilder()
                .expireTime(fixture().now().plus(Duration.ofDays(2)))
                .build();

        fixture().service().store(session, Precondition.none());

        assertThat(fixture().find(key)).contains(session);
    }

    @Rule(
            value = "S-903",
            needs = {WRITE, EXPIRY})
    @Test
    default void expiredSession_isAbsent() {
        SessionKey key = fixture().newKey();
        createUntil(key, fixture().now().plus(Duration.ofDays(2)));

        fixture().advance(Duration.ofDays(2).minusMillis(1));
        Optional<Session> before = fixture().find(key);
        fixture().advance(Duration.ofMillis(1));

        assertThat(before).isPresent();
        assertThat(fixture().find(key)).isEmpty();
        assertThat(fixture().listed(SessionQuery.ofApp(key.appName()), 10)).isEmpty();
        assertThat(fixture().scanned(ScanCursor.START, 100, Set.of(key))).isEmpty();
    }

    @Rule(
            value = "S-904",
            needs = {WRITE, EXPIRY})
    @Test
    default void expiredSession_canNeitherBeChangedNorDeleted() {
        SessionKey key = expired();

        assertThatThrownBy(() -> fixture().service().append(key, fixture().event("e1", 1)))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(fixture().service().delete(key, Precondition.none())).isEqualTo(DeleteOutcome.ABSENT);
    }

    @Rule(
            value = "S-905",
            needs = {WRITE, EXPIRY})
    @Test
    default void expiredSession_canBeCreatedAnew() {
        SessionKey key = expired();

        Session created = fixture().create(key, Map.of("turns", 1L));

        assertThat(created.expireTime().filter(time -> !time.isAfter(fixture().now())))
                .isEmpty();
        assertThat(fixture().found(key).state()).isEqualTo(Map.of("turns", 1L));
        assertThat(fixture().found(key).events()).isEmpty();
    }

    private SessionKey expired() {
        SessionKey key = fixture().newKey();
        createUntil(key, fixture().now().plus(Duration.ofDays(2)));
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("topic", "ferries")));
        fixture().advance(Duration.ofDays(3));
        return key;
    }

    private void createUntil(SessionKey key, Instant expiry) {
        fixture().service().create(NewSession.builder(key).expireTime(expiry).build());
    }
}
