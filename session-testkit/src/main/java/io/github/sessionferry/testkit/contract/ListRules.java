package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#list} promises. */
interface ListRules extends ContractRules {

    @Rule("S-301")
    @Test
    default void list_ofAnApp_isEachOfItsSessionsOnce() {
        List<SessionKey> keys = threeOfTwoUsers();

        for (int limit : List.of(1, 2, 100)) {
            assertThat(fixture().listed(SessionQuery.ofApp(keys.get(0).appName()), limit))
                    .containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    @Rule("S-302")
    @Test
    default void list_ofAUser_isEachOfTheirSessionsOnce() {
        List<SessionKey> keys = threeOfTwoUsers();
        SessionKey first = keys.get(0);

        for (int limit : List.of(1, 2, 100)) {
            assertThat(fixture().listed(SessionQuery.ofUser(first.appName(), first.userId()), limit))
                    .containsExactlyInAnyOrder(first, keys.get(1));
        }
    }

    @Rule("S-303")
    @Test
    default void list_ofNobody_isEmptyAndEnds() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));

        assertThat(fixture().listed(SessionQuery.ofApp(fixture().newName("app")), 10))
                .isEmpty();
        assertThat(fixture().listed(SessionQuery.ofUser(key.appName(), fixture().newName("user")), 10))
                .isEmpty();
    }

    @Rule(value = "S-304", needs = WRITE)
    @Test
    default void list_whileSessionsComeAndGo_isEachThatStandsOnce() {
        SessionKey key = fixture().newKey();
        List<SessionKey> staying = new ArrayList<>();
        List<SessionKey> going = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SessionKey sibling = fixture().sibling(key);
            fixture().create(sibling);
            (i % 2 == 0 ? staying : going).add(sibling);
        }
        SessionQuery query = SessionQuery.ofUser(key.appName(), key.userId());

        List<SessionKey> listed = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            SessionPage page = fixture().service().list(query, next.get(), 1);
            page.sessions().forEach(summary -> listed.add(summary.key()));
            next = page.next();
            if (!going.isEmpty()) {
                fixture().service().delete(going.remove(0), Precondition.none());
                fixture().create(fixture().sibling(key));
            }
        }

        assertThat(listed.stream().filter(staying::contains)).containsExactlyInAnyOrderElementsOf(staying);
    }

    private List<SessionKey> threeOfTwoUsers() {
        SessionKey first = fixture().newKey();
        SessionKey second = fixture().sibling(first);
        SessionKey otherUser = fixture().ofOtherUser(first);
        fixture().seeded(fixture().sample(fixture().inOtherApp(first)));
        for (SessionKey key : List.of(first, second, otherUser)) {
            fixture().seeded(fixture().sample(key));
        }
        return List.of(first, second, otherUser);
    }
}
