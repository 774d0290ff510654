package io.github.sessionferry.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateValues;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

    private static final Instant TIME = Instant.parse("2024-05-01T10:00:00.123456Z");

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void read_ofAWrittenSession_isEqualAlsoThroughJson(
            @ForAll("maps") Map<String, Object> state, @ForAll("maps") Map<String, Object> content) {
        Session session = Session.builder(new SessionKey("app", "", "s/../\ud800"), TIME)
                .createTime(TIME)
                .state(state)
                .fields(content)
                .events(List.of(SessionEvent.builder("e\n", "", TIME)
                        .content(content)
                        .stateDelta(state)
                        .fields(Map.of("turn_complete", true, "mine", state))
                        .build()))
                .build();

        Map<String, Object> document = SessionDocument.write(session);

        assertThat(SessionDocument.read(document)).isEqualTo(session);
        assertThat(SessionDocument.read(asMap(Json.read(Json.write(document))))).isEqualTo(session);
    }

    @Provide
    Arbitrary<Map<String, Object>> maps() {
        return HostileValues.maps();
    }

    @Test
    void write_ofTheDeepestSession_comesBackThroughJson() {
        Object deepest = HostileValues.nested(StateValues.MAX_DEPTH, true);
        Session session = Session.builder(new SessionKey("app", "u", "s"), TIME)
                .events(List.of(SessionEvent.builder("e", "user", TIME)
                        .stateDelta(Map.of("$type", deepest))
                        .actions(Map.of("$type", deepest))
                        .build()))
                .build();

        assertThat(SessionDocument.read(asMap(Json.read(Json.write(SessionDocument.write(session))))))
                .isEqualTo(session);
    }

    @Test
    void write_ofPartsThatExpire_keepsTheirTimesToo() {
        Map<String, Instant> times = Map.of("auth", TIME, "ui", TIME.plusSeconds(60));
        Session session = Session.builder(new SessionKey("app", "u", "s"), TIME)
                .partExpireTimes(times)
                .build();

        Session read = SessionDocument.read(asMap(Json.read(Json.write(SessionDocument.write(session)))));

        assertThat(read.partExpireTimes()).isEqualTo(times);
        assertThat(read).isEqualTo(session.toBuilder().partExpireTimes(Map.of()).build());
    }

    @Test
    void readEvent_inCamelCase_equalsSnakeCase() {
        SessionEvent camel = EventDocument.read(asMap(Json.read("""
                        {"id":"e","invocationId":"i","author":"user","timestamp":1714557600123,"turnComplete":true,
                         "actions":{"stateDelta":{"user:a":1},"transferToAgent":"b"},"mine":{"camelCase":1}}""")), null);
        SessionEvent snake = EventDocument.read(asMap(Json.read("""
                        {"id":"e","invocation_id":"i","author":"user","timestamp":1714557600.123,"turn_complete":true,
                         "actions":{"state_delta":{"user:a":1},"transfer_to_agent":"b"},"mine":{"camelCase":1}}""")), null);

        assertThat(camel).isEqualTo(snake);
        assertThat(snake.stateDelta()).isEqualTo(Map.of("user:a", 1L));
    }

    @Test
    void readEvent_withoutId_takesTheOneGiven() {
        Map<String, Object> document = Map.of("timestamp", 1L);

        assertThat(EventDocument.read(document, "given").id()).isEqualTo("given");
        assertThatThrownBy(() -> EventDocument.read(document, null)).hasMessageContaining("id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"e\",\"timestamp\":\"secret\"}",
                "{\"id\":\"e\",\"timestamp\":1e300}",
                "{\"id\":\"e\",\"timestamp\":NaN}",
                "{\"id\":\"e\",\"timestamp\":[\"secret\"]}",
                "{\"id\":[\"secret\"],\"timestamp\":1}",
                "{\"id\":\"e\",\"timestamp\":1,\"content\":\"secret\"}",
                "{\"id\":\"e\",\"timestamp\":1,\"actions\":\"secret\"}",
                "{\"id\":\"e\",\"timestamp\":1,\"actions\":{\"state_delta\":\"secret\"}}",
                "{\"id\":\"e\"}"
            })
    void readEvent_ofAWrongField_namesItWithoutItsContent(String json) {
        assertThatThrownBy(() -> EventDocument.read(asMap(Json.read(json)), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .message()
                .containsAnyOf("id", "timestamp", "content", "actions", "state_delta")
                .doesNotContain("secret");
    }

    @Test
    void readSession_ofALaterVersion_isRefused() {
        Map<String, Object> document = SessionDocument.write(
                Session.builder(new SessionKey("app", "u", "s"), TIME).build());
        document.put("version", 2L);

        assertThatThrownBy(() -> SessionDocument.read(document))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version");
    }

    @Test
    void time_inEveryForm_isRead() {
        Map<String, Object> forms = Map.of(
                "instant",
                TIME,
                "seconds",
                1714557600.123456,
                "text",
                "2024-05-01T12:00:00.123456+02:00",
                "whole",
                1714557600L,
                "millis",
                1714557600123L);
        DocumentReader reader = new DocumentReader("session", forms);

        assertThat(reader.time("instant")).isEqualTo(TIME);
        assertThat(reader.time("seconds")).isEqualTo(TIME);
        assertThat(reader.time("text")).isEqualTo(TIME);
        assertThat(reader.time("whole")).isEqualTo(Instant.parse("2024-05-01T10:00:00Z"));
        assertThat(reader.time("millis")).isEqualTo(Instant.parse("2024-05-01T10:00:00.123Z"));
        assertThat(reader.rest()).isEmpty();
    }

    @Property
    void time_ofEpochSeconds_keepsMicroseconds(@ForAll("micros") long micros) {
        Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);

        double seconds = DocumentReader.toEpochSeconds(time);

        assertThat(new DocumentReader("event", Map.of("t", seconds)).time("t")).isEqualTo(time);
    }

    @Provide
    Arbitrary<Long> micros() {
        return Arbitraries.longs().between(-8_000_000_000_000_000L, 8_000_000_000_000_000L);
    }

    @SuppressWarnings("unchecked") // the documents of these tests are maps
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }
}
