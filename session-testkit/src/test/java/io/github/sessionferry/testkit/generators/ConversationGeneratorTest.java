package io.github.sessionferry.testkit.generators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConversationGeneratorTest {

    private final ConversationGenerator generator = ConversationGenerator.builder()
            .sessions(50)
            .eventsPerSession(9)
            .users(7)
            .seed(42)
            .build();

    @Test
    void session_sameSettings_isTheSame() {
        ConversationGenerator again = ConversationGenerator.builder()
                .sessions(50)
                .eventsPerSession(9)
                .users(7)
                .seed(42)
                .build();
        ConversationGenerator otherSeed = ConversationGenerator.builder()
                .sessions(50)
                .eventsPerSession(9)
                .users(7)
                .seed(43)
                .build();

        assertThat(again.session(31)).isEqualTo(generator.session(31));
        assertThat(otherSeed.session(31)).isNotEqualTo(generator.session(31));
    }

    @Test
    void stream_everySession_hasAnIdOfItsOwnAndUsersInTurn() {
        List<SessionKey> keys = generator.stream().map(Session::key).toList();

        assertThat(keys).hasSize(50).doesNotHaveDuplicates();
        assertThat(keys)
                .extracting(key -> UUID.fromString(key.sessionId()).version())
                .containsOnly(4);
        assertThat(keys.stream().map(SessionKey::userId).distinct()).hasSize(7);
    }

    @Test
    void session_appendedEventByEvent_reachesItsState() {
        try (SessionService store = InMemorySessionService.create()) {
            Session session = generator.session(3);
            store.create(NewSession.builder(session.key()).build());

            session.events().forEach(event -> store.append(session.key(), event));

            Session found = store.find(session.key(), EventSelection.all()).orElseThrow();
            assertThat(found.state()).isEqualTo(session.state());
            assertThat(found.events()).isEqualTo(session.events());
        }
    }

    @Test
    void sharedState_ofItsScopes_isWhatSessionsShow() {
        assertThat(generator.sharedScopes()).hasSize(8);
        generator.stream().forEach(session -> {
            assertThat(session.state(StateScope.APP))
                    .isEqualTo(plain(session.key().appScope()));
            assertThat(session.state(StateScope.USER))
                    .isEqualTo(plain(session.key().userScope()));
        });
    }

    @Test
    void session_events_alternateBetweenUserToolAndAgent() {
        List<SessionEvent> events = generator.session(0).events();

        assertThat(events).hasSize(9);
        assertThat(events.get(0).author()).isEqualTo("user");
        assertThat(events.get(1).content().orElseThrow().toString()).contains("function_call");
        assertThat(events.get(2).content().orElseThrow().toString()).contains("function_response");
        assertThat(events.get(3).fields()).containsEntry("turn_complete", true);
        assertThat(events.get(4).author()).isEqualTo("user");
        assertThat(events).extracting(SessionEvent::id).doesNotHaveDuplicates();
        assertThat(events.get(0).stateDelta().keySet())
                .extracting(StateScope::of)
                .contains(StateScope.APP, StateScope.USER, StateScope.TEMP, StateScope.SESSION);
    }

    @Test
    void session_outOfRange_isRefused() {
        assertThatThrownBy(() -> generator.session(50)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> generator.session(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void builder_badNumbers_areRefused() {
        ConversationGenerator.Builder builder = ConversationGenerator.builder();

        assertThatThrownBy(() -> builder.sessions(-1)).hasMessageContaining("sessions is -1");
        assertThatThrownBy(() -> builder.users(0)).hasMessageContaining("users is 0");
        assertThatThrownBy(() -> builder.eventsPerSession(-1)).hasMessageContaining("eventsPerSession is -1");
        assertThatThrownBy(() -> builder.appName("")).hasMessageContaining("appName");
    }

    private Map<String, Object> plain(SharedScope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        generator.sharedState(scope).forEach((key, value) -> values.put(key, value.value()));
        return values;
    }
}
