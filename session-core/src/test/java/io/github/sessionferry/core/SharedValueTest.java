package io.github.sessionferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedValueTest {

    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00Z");

    @Test
    void isNewerThan_plainValues_goesByKnownTimes() {
        SharedValue at = SharedValue.of("a", TIME);

        assertThat(SharedValue.of("b", TIME.plusMillis(1)).isNewerThan(at)).isTrue();
        assertThat(SharedValue.of("b", TIME).isNewerThan(at)).isFalse();
        assertThat(SharedValue.of("b", null).isNewerThan(at)).isFalse();
        assertThat(at.isNewerThan(SharedValue.of("b", null))).isFalse();
    }

    @Test
    void isNewerThan_replacingValue_isTrueWhateverTheTimes() {
        SharedValue at = SharedValue.of("a", TIME);

        assertThat(SharedValue.replacing("b", TIME.minusSeconds(1)).isNewerThan(at))
                .isTrue();
        assertThat(SharedValue.replacing("b", null).isNewerThan(SharedValue.of("a", null)))
                .isTrue();
        assertThat(SharedValue.removal().isNewerThan(at)).isTrue();
    }

    @Test
    void storedAt_replacingValue_isPlainWithTheGivenTimeOrThatOfTheWrite() {
        SharedValue dated = SharedValue.replacing("a", TIME).storedAt(TIME.plusSeconds(9));
        SharedValue undated = SharedValue.replacing("a", null).storedAt(TIME);

        assertThat(dated.writeTime()).contains(TIME);
        assertThat(undated.writeTime()).contains(TIME);
        assertThat(dated.replaces()).isFalse();
        assertThat(SharedValue.of("a", null).storedAt(TIME).writeTime()).isEmpty();
    }

    @Test
    void isRemoval_onlyOfReplacingValues() {
        assertThat(SharedValue.removal().isRemoval()).isTrue();
        assertThat(SharedValue.removal().replaces()).isTrue();
        assertThat(SharedValue.replacing(TaggedValue.REMOVED, TIME).isRemoval()).isTrue();
        assertThat(SharedValue.replacing(null, TIME).isRemoval()).isFalse();
        assertThat(SharedValue.of(TaggedValue.REMOVED, TIME).isRemoval()).isFalse();
    }

    @Test
    void toString_showsNoValue() {
        assertThat(SharedValue.replacing("secret", TIME))
                .asString()
                .contains("replaces")
                .doesNotContain("secret");
        assertThat(SharedValue.removal()).asString().contains("removes");
    }
}
