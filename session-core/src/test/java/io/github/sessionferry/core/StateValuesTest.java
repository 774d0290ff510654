package io.github.sessionferry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class StateValuesTest {

    @Test
    void normalise_ofNarrowNumbers_widensThem() {
        assertThat(StateValues.normalise(Arrays.asList((byte) 1, (short) 2, 3, 4L, 0.5f, 1.0, null)))
                .isEqualTo(Arrays.asList(1L, 2L, 3L, 4L, 0.5, 1.0, null));
    }

    @Test
    void normalise_ofLargeNumbers_keepsThemExactly() {
        assertThat(StateValues.normalise(BigInteger.valueOf(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(StateValues.normalise(BigInteger.ONE.shiftLeft(63)))
                .isEqualTo(new TaggedValue(StateValues.NUMBER_TAG, "9223372036854775808"));
        assertThat(StateValues.normalise(new BigDecimal("0.1"))).isEqualTo(0.1);
        assertThat(StateValues.normalise(new BigDecimal("1E+400")))
                .isEqualTo(new TaggedValue(StateValues.NUMBER_TAG, "1E+400"));
        assertThat(StateValues.normalise(new BigDecimal("1E-400")))
                .isEqualTo(new TaggedValue(StateValues.NUMBER_TAG, "1E-400"));
    }

    @Test
    void normalise_ofMutableValues_isUnaffectedByLaterChanges() {
        List<Object> list = new ArrayList<>(List.of("a"));
        byte[] bytes = {1, 2};
        Map<String, Object> source = new HashMap<>(Map.of("list", list, "bytes", bytes));

        Map<String, Object> normalised = StateValues.normaliseMap(source);
        list.add("b");
        bytes[0] = 9;
        source.clear();

        assertThat(normalised).isEqualTo(Map.of("list", List.of("a"), "bytes", Bytes.copyOf(new byte[] {1, 2})));
        assertThat(normalised).isUnmodifiable();
        assertThat(normalised.get("list"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isUnmodifiable();
    }

    @Test
    void normalise_ofWhatIsNoValue_namesTheTypeNotTheValue() {
        assertThatThrownBy(() -> StateValues.normalise(List.of(new StringBuilder("secret"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.StringBuilder")
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> StateValues.normalise(Map.of(1, "secret")))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void normalise_ofNesting_countsListsMapsAndTaggedValues() {
        Object deepest = "x";
        for (int level = 0; level < StateValues.MAX_DEPTH; level++) {
            deepest = level % 3 == 0
                    ? List.of(deepest)
                    : level % 3 == 1 ? Map.of("k", deepest) : new TaggedValue("t", deepest);
        }
        Object value = deepest;

        assertThat(StateValues.normalise(value)).isEqualTo(value);
        assertThatThrownBy(() -> StateValues.normalise(List.of(value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("100");
        assertThatThrownBy(() -> StateValues.normalise(new TaggedValue("t", value)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void normalise_ofAMapThatHoldsItself_isRefused() {
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("self", List.of(cyclic));

        assertThatThrownBy(() -> StateValues.normalise(cyclic))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hold themselves");
    }

    @Test
    void apply_ofADelta_setsAndRemoves() {
        Map<String, Object> changed = StateValues.apply(
                Map.of("kept", 1L, "changed", 1L, "gone", 1L),
                Map.of("changed", 1.0, "gone", TaggedValue.REMOVED, "new", "x", "never", TaggedValue.REMOVED));

        assertThat(changed).isEqualTo(Map.of("kept", 1L, "changed", 1.0, "new", "x"));
    }

    @Test
    void toMicros_ofFinerTimes_dropsTheRest() {
        assertThat(StateValues.toMicros(Instant.parse("2024-01-01T00:00:00.123456789Z")))
                .isEqualTo(Instant.parse("2024-01-01T00:00:00.123456Z"));
        assertThat(StateValues.toMicros(Instant.parse("1960-01-01T00:00:00.123456789Z")))
                .isEqualTo(Instant.parse("1960-01-01T00:00:00.123456Z"));
    }

    @Test
    void scope_ofKeys_splitsAndJoinsThem() {
        Map<String, Object> state =
                Map.of("app:a", 1L, "user:u", 2L, "temp:t", 3L, "own", 4L, "application", 5L, "app:", 6L);

        assertThat(StateScope.APP.select(state)).isEqualTo(Map.of("a", 1L, "", 6L));
        assertThat(StateScope.USER.select(state)).isEqualTo(Map.of("u", 2L));
        assertThat(StateScope.TEMP.select(state)).isEqualTo(Map.of("t", 3L));
        assertThat(StateScope.SESSION.select(state)).isEqualTo(Map.of("own", 4L, "application", 5L));
        assertThat(StateScope.APP.qualify(StateScope.APP.select(state))).isEqualTo(Map.of("app:a", 1L, "app:", 6L));
    }

    @Test
    void toString_ofValues_showsNoContent() {
        assertThat(Bytes.copyOf("secret".getBytes(StandardCharsets.UTF_8)).toString())
                .isEqualTo("Bytes[6]");
        assertThat(new TaggedValue("geopoint", "secret").toString()).isEqualTo("TaggedValue[geopoint]");
        assertThat(SharedValue.of("secret", null).toString()).doesNotContain("secret");
    }
}
