package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.ATOMIC_PRECONDITIONS;
import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#create} promises. */
interface CreateRules extends ContractRules {

    @Rule(value = "S-101", needs = WRITE)
    @Test
    default void create_withoutId_makesIdsOfItsOwn() {
        SessionKey names = fixture().newKey();
        NewSession request = NewSession.builder(names.appName(), names.userId()).build();

        Session first = fixture().service().create(request);
        Session second = fixture().service().create(request);

        assertThat(first.key()).isNotEqualTo(second.key());
        assertThat(fixture().find(first.key())).contains(first);
        assertThat(fixture().find(second.key())).contains(second);
    }

    @Rule(value = "S-102", needs = WRITE)
    @Test
    default void create_withId_isFoundAsItWasAnswered() {
        SessionKey key = fixture().newKey();

        Session created = fixture().create(key, Map.of("topic", "ferries", "turns", 2L));

        assertThat(created.key()).isEqualTo(key);
        assertThat(created.state()).isEqualTo(Map.of("topic", "ferries", "turns", 2L));
        assertThat(created.events()).isEmpty();
        assertThat(fixture().find(key)).contains(created);
    }

    @Rule(value = "S-103", needs = WRITE)
    @Test
    default void create_ofAnExistingSession_isRefusedAndChangesNothing() {
        SessionKey key = fixture().newKey();
        Session before = fixture().seeded(fixture().sample(key));

        assertThatThrownBy(() -> fixture().create(key, Map.of("topic", "trains")))
                .isInstanceOf(SessionAlreadyExistsException.class);

        assertThat(fixture().find(key)).contains(before);
    }

    @Rule(
            value = "S-104",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void create_withSharedKeys_sharesThemAndAnswersThem() {
        SessionKey key = fixture().newKey();

        Session created = fixture().create(key, Map.of("own", 1L, "user:name", "Ada", "app:motd", "hello"));
        Session sibling = fixture().create(fixture().sibling(key));

        assertThat(created.state()).isEqualTo(Map.of("own", 1L, "user:name", "Ada", "app:motd", "hello"));
        assertThat(sibling.state()).isEqualTo(Map.of("user:name", "Ada", "app:motd", "hello"));
    }

    @Rule(value = "S-105", needs = WRITE)
    @Test
    default void create_withTemporaryKeys_dropsThem() {
        SessionKey key = fixture().newKey();

        Session created = fixture().create(key, Map.of("own", 1L, "temp:scratch", "x"));

        assertThat(created.state()).isEqualTo(Map.of("own", 1L));
        assertThat(fixture().found(key).state()).isEqualTo(Map.of("own", 1L));
    }

    @Rule(value = "S-106", needs = WRITE)
    @Test
    default void create_now_isItsCreateAndUpdateTime() {
        Instant before = fixture().now();

        Session created = fixture().create(fixture().newKey());

        Duration tolerance = fixture().controlsTime() ? Duration.ZERO : Duration.ofMinutes(5);
        Instant earliest = before.minus(tolerance);
        Instant latest = fixture().now().plus(tolerance);
        assertThat(created.updateTime()).isBetween(earliest, latest);
        assertThat(created.createTime().orElse(created.updateTime())).isBetween(earliest, latest);
    }

    @Rule(
            value = "S-107",
            needs = {WRITE, ATOMIC_PRECONDITIONS})
    @Test
    default void create_atTheSameTime_makesOneSession() {
        SessionKey key = fixture().newKey();

        List<Boolean> created = fixture().inParallel(thread -> {
            try {
                Session session = fixture().create(key, Map.of("thread", (long) thread));
                return session.key().equals(key);
            } catch (SessionAlreadyExistsException e) {
                return false;
            }
        });

        assertThat(created).containsOnlyOnce(true);
    }

    @Rule(
            value = "S-108",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void create_refused_changesNoSharedState() {
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("user:name", "Ada"));

        assertThatThrownBy(() -> fixture().create(key, Map.of("user:name", "Bob", "app:motd", "hello")))
                .isInstanceOf(SessionAlreadyExistsException.class);

        assertThat(fixture().found(key).state()).isEqualTo(Map.of("user:name", "Ada"));
    }
}
