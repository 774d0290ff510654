package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.EVENTS;
import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#find} and {@code findAll} promise. */
interface FindRules extends ContractRules {

    @Rule("S-201")
    @Test
    default void find_unknownSession_isEmpty() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));

        assertThat(fixture().find(fixture().sibling(key))).isEmpty();
        assertThat(fixture().find(fixture().newKey())).isEmpty();
    }

    @Rule(value = "S-202", needs = EVENTS)
    @Test
    default void find_all_bringsEveryEventOldestFirst() {
        Session session = fixture().seeded(fiveEvents());

        assertThat(find(session, EventSelection.all())).isEqualTo(session);
    }

    @Rule(value = "S-203", needs = EVENTS)
    @Test
    default void find_none_bringsTheSessionWithoutEvents() {
        Session session = fixture().seeded(fiveEvents());

        assertThat(find(session, EventSelection.none()))
                .isEqualTo(session.toBuilder().events(List.of()).build());
    }

    @Rule(value = "S-204", needs = EVENTS)
    @Test
    default void find_last_bringsTheNewestOldestFirst() {
        Session session = fixture().seeded(fiveEvents());

        assertThat(find(session, EventSelection.last(2)).events())
                .isEqualTo(session.events().subList(3, 5));
        assertThat(find(session, EventSelection.last(50)).events()).isEqualTo(session.events());
    }

    @Rule(value = "S-205", needs = EVENTS)
    @Test
    default void find_since_bringsThatTimeAndLater() {
        Session session = fixture().seeded(fiveEvents());
        Instant third = session.events().get(2).timestamp();

        assertThat(find(session, EventSelection.since(third)).events())
                .isEqualTo(session.events().subList(2, 5));
        assertThat(find(session, EventSelection.since(third.plus(1, ChronoUnit.MICROS)))
                        .events())
                .isEqualTo(session.events().subList(3, 5));
        assertThat(find(session, EventSelection.since(third.plusSeconds(3600))).events())
                .isEmpty();
    }

    @Rule("S-206")
    @Test
    default void find_ofAnotherUserOrApp_seesNothing() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));

        assertThat(fixture().find(fixture().ofOtherUser(key))).isEmpty();
        assertThat(fixture().find(fixture().inOtherApp(key))).isEmpty();
    }

    @Rule("S-207")
    @Test
    default void find_sameIdOfTwoUsersAndApps_findsEachTheirOwn() {
        SessionKey key = fixture().newKey();
        SessionKey otherUser = fixture().ofOtherUser(key);
        SessionKey otherApp = fixture().inOtherApp(key);
        Session mine = fixture().seeded(fixture().sample(key));
        Session theirs = fixture()
                .seeded(fixture()
                        .session(otherUser)
                        .state(Map.of("topic", "trains"))
                        .build());
        Session elsewhere = fixture()
                .seeded(fixture()
                        .session(otherApp)
                        .state(Map.of("topic", "planes"))
                        .build());

        assertThat(fixture().find(key)).contains(mine);
        assertThat(fixture().find(otherUser)).contains(theirs);
        assertThat(fixture().find(otherApp)).contains(elsewhere);
    }

    @Rule("S-208")
    @Test
    default void findAll_someAbsent_givesThoseThatExist() {
        SessionKey key = fixture().newKey();
        SessionKey sibling = fixture().sibling(key);
        Session first = fixture().seeded(fixture().sample(key));
        Session second = fixture().seeded(fixture().sample(sibling));

        Map<SessionKey, Session> found = fixture()
                .service()
                .findAll(List.of(key, fixture().newKey(), sibling, fixture().ofOtherUser(key)), EventSelection.all());

        assertThat(found).isEqualTo(Map.of(key, first, sibling, second));
    }

    @Rule(value = "S-209", needs = EVENTS)
    @Test
    default void findAll_selection_isThatOfFind() {
        Session session = fixture().seeded(fiveEvents());

        Map<SessionKey, Session> found = fixture().service().findAll(List.of(session.key()), EventSelection.last(1));

        assertThat(found).containsOnlyKeys(session.key());
        assertThat(found.values().iterator().next().events())
                .isEqualTo(session.events().subList(4, 5));
    }

    @Rule(value = "S-210", needs = WRITE)
    @Test
    default void find_revision_changesWithTheSessionOnly() {
        SessionKey key = fixture().newKey();
        fixture().create(key);

        String first = revision(key);
        String again = revision(key);
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 1L)));
        String afterAppend = revision(key);
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 1L)));
        String afterNothing = revision(key);
        fixture()
                .service()
                .store(
                        fixture().found(key).toBuilder()
                                .state(Map.of("turns", 2L))
                                .build(),
                        Precondition.none());
        String afterStore = revision(key);

        assertThat(again).isEqualTo(first);
        assertThat(afterNothing).isEqualTo(afterAppend);
        assertThat(List.of(first, afterAppend, afterStore)).doesNotHaveDuplicates();
    }

    @Rule(
            value = "S-211",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void find_revision_staysWhenSharedStateChanges() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        String before = revision(key);

        fixture().create(fixture().sibling(key), Map.of("user:name", "Ada", "app:motd", "hello"));

        assertThat(revision(key)).isEqualTo(before);
    }

    private String revision(SessionKey key) {
        return fixture().found(key).revision().orElseThrow(() -> new AssertionError("the session has no revision"));
    }

    private Session find(Session session, EventSelection selection) {
        return fixture().service().find(session.key(), selection).orElseThrow();
    }

    private Session fiveEvents() {
        return fixture()
                .session(fixture().newKey())
                .state(Map.of("topic", "ferries"))
                .events(Stream.of(1, 2, 3, 4, 5)
                        .map(i -> fixture().event("e" + i, i))
                        .toList())
                .build();
    }
}
