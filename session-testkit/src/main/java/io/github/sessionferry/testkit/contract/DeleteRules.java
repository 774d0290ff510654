package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.SHARED_STATE;
import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#delete} promises. */
interface DeleteRules extends ContractRules {

    @Rule(value = "S-501", needs = WRITE)
    @Test
    default void delete_session_isGone() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));

        DeleteOutcome outcome = fixture().service().delete(key, Precondition.none());

        assertThat(outcome).isEqualTo(DeleteOutcome.DELETED);
        assertThat(fixture().find(key)).isEmpty();
        assertThat(fixture().listed(SessionQuery.ofApp(key.appName()), 10)).isEmpty();
        assertThat(fixture().scanned(ScanCursor.START, 100, Set.of(key))).isEmpty();
    }

    @Rule(value = "S-502", needs = WRITE)
    @Test
    default void delete_absentSession_saysSo() {
        SessionKey key = fixture().newKey();
        fixture().create(key);

        assertThat(fixture().service().delete(fixture().sibling(key), Precondition.none()))
                .isEqualTo(DeleteOutcome.ABSENT);
    }

    @Rule(value = "S-503", needs = WRITE)
    @Test
    default void delete_thenCreate_beginsEmpty() {
        SessionKey key = fixture().newKey();
        fixture().seeded(fixture().sample(key));
        fixture().service().delete(key, Precondition.none());

        fixture().create(key);

        assertThat(fixture().found(key).events()).isEmpty();
        assertThat(fixture().found(key).state()).isEmpty();
    }

    @Rule(
            value = "S-504",
            needs = {WRITE, SHARED_STATE})
    @Test
    default void delete_session_leavesSharedState() {
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("user:name", "Ada", "app:motd", "hello"));

        fixture().service().delete(key, Precondition.none());

        assertThat(fixture().create(fixture().sibling(key)).state())
                .isEqualTo(Map.of("user:name", "Ada", "app:motd", "hello"));
    }

    @Rule(value = "S-505", needs = WRITE)
    @Test
    default void delete_withRevision_asksForTheCurrentOne() {
        SessionKey key = fixture().newKey();
        fixture().create(key);
        Precondition old = Precondition.revision(fixture().found(key).revision().orElseThrow());
        fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 1L)));
        Session changed = fixture().found(key);

        DeleteOutcome withOld = fixture().service().delete(key, old);
        Optional<Session> kept = fixture().find(key);
        DeleteOutcome withCurrent = fixture()
                .service()
                .delete(key, Precondition.revision(changed.revision().orElseThrow()));

        assertThat(withOld).isEqualTo(DeleteOutcome.CONFLICT);
        assertThat(kept).contains(changed);
        assertThat(withCurrent).isEqualTo(DeleteOutcome.DELETED);
        assertThat(fixture().find(key)).isEmpty();
    }

    @Rule(value = "S-506", needs = WRITE)
    @Test
    default void delete_session_leavesThoseOfOthersWithTheSameId() {
        SessionKey key = fixture().newKey();
        Session theirs = fixture().seeded(fixture().sample(fixture().ofOtherUser(key)));
        Session elsewhere = fixture().seeded(fixture().sample(fixture().inOtherApp(key)));
        fixture().seeded(fixture().sample(key));

        fixture().service().delete(key, Precondition.none());

        assertThat(fixture().find(theirs.key())).contains(theirs);
        assertThat(fixture().find(elsewhere.key())).contains(elsewhere);
        assertThat(fixture().service().delete(fixture().ofOtherUser(key), Precondition.none()))
                .isEqualTo(DeleteOutcome.ABSENT);
    }
}
