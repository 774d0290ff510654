package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.migration.live.SeenSessions.Standing;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeenSessionsTest {

    private static final SessionKey KEY = new SessionKey("app", "user", "s");
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private final SeenSessions seen = new SeenSessions(true);

    private static Session session(Instant created, String... eventIds) {
        return Session.builder(KEY, created)
                .createTime(created)
                .events(Stream.of(eventIds)
                        .map(id -> SessionEvent.builder(id, "user", CREATED).build())
                        .toList())
                .build();
    }

    @Test
    void tell_asMuchAsBeforeOrMore_isCurrent() {
        Standing first = seen.tell(session(CREATED, "a", "b"), true);
        Standing again = seen.tell(session(CREATED, "a", "b"), true);
        Standing inAnotherOrder = seen.tell(session(CREATED, "b", "x", "a"), true);

        assertThat(first).isEqualTo(Standing.CURRENT);
        assertThat(again).isEqualTo(Standing.CURRENT);
        assertThat(inAnotherOrder).isEqualTo(Standing.CURRENT);
        assertThat(seen.standing(session(CREATED, "a", "b"))).isEqualTo(Standing.BEHIND);
    }

    @Test
    void tell_less_isBehindAndNotRemembered() {
        seen.told(session(CREATED, "a", "b"));

        assertThat(seen.tell(session(CREATED, "b", "x"), true)).isEqualTo(Standing.BEHIND);
        assertThat(seen.standing(session(CREATED, "a", "b"))).isEqualTo(Standing.CURRENT);
    }

    @Test
    void tell_partWithAsManyEventsAsKnown_remembersThoseThatWereNot() {
        seen.told(session(CREATED, "a", "b"));

        assertThat(seen.tell(session(CREATED, "x", "b"), false)).isEqualTo(Standing.CURRENT);
        assertThat(seen.standing(session(CREATED, "a", "b"))).isEqualTo(Standing.BEHIND);
        assertThat(seen.standing(session(CREATED, "a", "x", "b"))).isEqualTo(Standing.CURRENT);
    }

    @Test
    void standing_sessionNotToldYet_isCurrentAndNotRemembered() {
        assertThat(seen.standing(session(CREATED, "a"))).isEqualTo(Standing.CURRENT);
        assertThat(seen.standing(session(CREATED))).isEqualTo(Standing.CURRENT);
    }

    @Test
    void tell_sessionThatWasToldToBeGone_isGoneUnlessItIsALaterOne() {
        Instant later = CREATED.plusSeconds(1);
        seen.told(session(CREATED, "a"));
        seen.toldAbsent(KEY);

        assertThat(seen.tell(session(CREATED, "a"), true)).isEqualTo(Standing.GONE);
        assertThat(seen.tell(session(later), true)).isEqualTo(Standing.CURRENT);
        assertThat(seen.tell(session(CREATED, "a"), false)).isEqualTo(Standing.GONE);
    }
}
