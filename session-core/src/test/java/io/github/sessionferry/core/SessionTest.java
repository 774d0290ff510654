package io.github.sessionferry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final Instant TIME = Instant.parse("2024-05-01T10:00:00.123456789Z");
    private static final SessionKey KEY = new SessionKey("app", "user", "s1");

    private static SessionEvent event(String id, int second) {
        return SessionEvent.builder(id, "user", Instant.ofEpochSecond(second)).build();
    }

    @Test
    void events_inAnyOrder_standByTimeThenAsAdded() {
        Session session = Session.builder(KEY, TIME)
                .events(List.of(event("c", 3), event("b2", 2), event("b1", 2), event("a", 1)))
                .build();

        assertThat(session.events()).extracting(SessionEvent::id).containsExactly("a", "b2", "b1", "c");
    }

    @Test
    void events_withOneIdTwice_areRefused() {
        assertThatThrownBy(() -> Session.builder(KEY, TIME).events(List.of(event("a", 1), event("a", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same id");
    }

    @Test
    void build_ofTimes_keepsMicroseconds() {
        Session session =
                Session.builder(KEY, TIME).createTime(TIME).expireTime(TIME).build();

        Instant micros = Instant.parse("2024-05-01T10:00:00.123456Z");
        assertThat(session.updateTime()).isEqualTo(micros);
        assertThat(session.createTime()).contains(micros);
        assertThat(session.expireTime()).contains(micros);
        assertThat(SessionEvent.builder("e", "user", TIME).build().timestamp()).isEqualTo(micros);
    }

    @Test
    void toBuilder_withoutChange_isEqualAndKeepsTheRevision() {
        Session session = Session.builder(KEY, TIME)
                .state(Map.of("a", 1L))
                .events(List.of(event("e", 1)))
                .createTime(TIME)
                .expireTime(TIME)
                .revision("7")
                .fields(Map.of("status", "open"))
                .build();

        Session copy = session.toBuilder().build();

        assertThat(copy).isEqualTo(session).hasSameHashCodeAs(session);
        assertThat(copy.revision()).contains("7");
        assertThat(copy.toBuilder().revision("8").build()).isEqualTo(session);
        assertThat(copy.toBuilder().state(Map.of("a", 1.0)).build()).isNotEqualTo(session);
    }

    @Test
    void eventFields_inCamelCase_takeAdksNames() {
        SessionEvent event = SessionEvent.builder("e", "agent", TIME)
                .fields(Map.of("turnComplete", true, "myOwnField", 1L, "errorCode", "x", "error_code", "y"))
                .actions(Map.of("artifactDelta", Map.of(), "myAction", 2L))
                .build();

        assertThat(event.fields())
                .isEqualTo(Map.of("turn_complete", true, "myOwnField", 1L, "errorCode", "x", "error_code", "y"));
        assertThat(event.actions()).isEqualTo(Map.of("artifact_delta", Map.of(), "myAction", 2L));
    }

    @Test
    void eventFields_thatHaveTheirOwnSetter_areRefused() {
        SessionEvent.Builder builder = SessionEvent.builder("e", "agent", TIME);

        assertThatThrownBy(() -> builder.fields(Map.of("invocationId", "x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.fields(Map.of("content", "x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.actions(Map.of("stateDelta", Map.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toString_ofSessionAndEvent_showsNoContent() {
        SessionEvent event = SessionEvent.builder("e", "agent", TIME)
                .content(Map.of("text", "secret"))
                .stateDelta(Map.of("k", "secret"))
                .fields(Map.of("f", "secret"))
                .build();
        Session session = Session.builder(KEY, TIME)
                .state(Map.of("k", "secret"))
                .events(List.of(event))
                .fields(Map.of("f", "secret"))
                .build();

        assertThat(event.toString()).doesNotContain("secret");
        assertThat(session.toString()).doesNotContain("secret");
        assertThat(NewSession.builder(KEY).state(Map.of("k", "secret")).build().toString())
                .doesNotContain("secret");
    }

    @Test
    void key_withEmptyParts_allowsOnlyAnEmptyUser() {
        assertThat(new SessionKey("app", "", "s").userId()).isEmpty();
        assertThatThrownBy(() -> new SessionKey("", "u", "s")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SessionKey("app", "u", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void eventSelection_ofEvents_picksTheNewestOrThoseSince() {
        List<SessionEvent> events = List.of(event("a", 1), event("b", 2), event("c", 3));

        assertThat(EventSelection.all().apply(events)).isEqualTo(events);
        assertThat(EventSelection.none().apply(events)).isEmpty();
        assertThat(EventSelection.last(2).apply(events))
                .extracting(SessionEvent::id)
                .containsExactly("b", "c");
        assertThat(EventSelection.last(9).apply(events)).isEqualTo(events);
        assertThat(EventSelection.since(Instant.ofEpochSecond(2)).apply(events))
                .extracting(SessionEvent::id)
                .containsExactly("b", "c");
        assertThatThrownBy(() -> EventSelection.last(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void precondition_ofEachKind_holdsForWhatItSays() {
        assertThat(Precondition.none().holdsFor(null)).isTrue();
        assertThat(Precondition.none().holdsFor("1")).isTrue();
        assertThat(Precondition.absent().holdsFor(null)).isTrue();
        assertThat(Precondition.absent().holdsFor("1")).isFalse();
        assertThat(Precondition.revision("1").holdsFor("1")).isTrue();
        assertThat(Precondition.revision("1").holdsFor("2")).isFalse();
        assertThat(Precondition.revision("1").holdsFor(null)).isFalse();
    }
}
