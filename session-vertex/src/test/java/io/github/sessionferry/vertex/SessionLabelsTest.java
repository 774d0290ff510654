package io.github.sessionferry.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.aiplatform.v1.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.vertex.SessionLabels.PromisedEvent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionLabelsTest {

    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00.123456Z");
    private static final SessionEvent EVENT =
            SessionEvent.builder("Event #1", "user", TIME).build();

    @Test
    void write_everything_comesBack() {
        SessionLabels labels = SessionLabels.begin(new SessionKey("Shop", "ana", "Order #7"), "order-7-x")
                .withTimes(TIME, TIME.plusSeconds(1), Instant.parse("1969-12-31T23:59:59.999999Z"))
                .withLastEvent(PromisedEvent.of(EVENT))
                .asScratch();

        Map<String, String> written = labels.write(Map.of());

        assertThat(read(written)).isEqualTo(labels);
        assertThat(written).hasSizeLessThanOrEqualTo(64).allSatisfy((name, value) -> {
            assertThat(name).matches("[a-z][a-z0-9_-]{0,63}");
            assertThat(value).matches("[a-z0-9_-]{0,64}");
        });
    }

    @Test
    void begin_ownId_needsNoLabelForIt() {
        SessionLabels labels = SessionLabels.begin(new SessionKey("shop", "ana", "s1"), "s1");

        assertThat(labels.write(Map.of()))
                .containsOnlyKeys("sf-app-0", "sf-nonce")
                .containsEntry("sf-app-0", "shop");
    }

    @Test
    void write_labelsOfOthers_stay() {
        SessionLabels labels = SessionLabels.begin(new SessionKey("default", "ana", "s1"), "s1");

        Map<String, String> written = labels.write(Map.of("team", "blue", "sf-old", "gone"));

        assertThat(written).containsEntry("team", "blue").doesNotContainKey("sf-old");
    }

    @Test
    void write_idTooLongForTheLabels_isRefused() {
        SessionLabels fits = SessionLabels.begin(new SessionKey("a", "u", "z".repeat(3_900)), "x");
        SessionLabels tooLong = SessionLabels.begin(new SessionKey("a", "u", "z".repeat(4_100)), "x");

        assertThat(read(fits.write(Map.of()))).isEqualTo(fits);
        assertThatThrownBy(() -> tooLong.write(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long")
                .hasMessageNotContaining("zzz");
    }

    @Test
    void read_labelThatIsNoTime_isRefused() {
        assertThatThrownBy(() -> read(Map.of("sf-created", "yesterday")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sf-created")
                .hasMessageNotContaining("yesterday");
    }

    @Test
    void promisedEvent_isToldByIdAndTime() {
        PromisedEvent promised = PromisedEvent.of(EVENT);

        assertThat(promised.is(EVENT)).isTrue();
        assertThat(promised.is(SessionEvent.builder("Event #1", "user", TIME.plusSeconds(1))
                        .build()))
                .isFalse();
        assertThat(promised.is(SessionEvent.builder("event 1", "user", TIME).build()))
                .isFalse();
    }

    private static SessionLabels read(Map<String, String> labels) {
        return SessionLabels.read(Session.newBuilder().putAllLabels(labels).build());
    }
}
