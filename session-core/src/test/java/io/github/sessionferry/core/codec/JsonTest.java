package io.github.sessionferry.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void read_ofWritten_isEqual(@ForAll("values") Object value) {
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
    }

    @Property
    void read_ofAnyDouble_isThatDouble(@ForAll double value) {
        assertThat(Json.read(Double.toString(value))).isEqualTo(value);
    }

    @Provide
    Arbitrary<Object> values() {
        return HostileValues.any();
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void write_ofAnyValue_isOneLine(@ForAll("values") Object value) {
        assertThat(Json.write(value)).doesNotContain("\n", "\r");
    }

    @Test
    void read_ofNumbers_keepsTheirKind() {
        assertThat(Json.read("[1, 1.0, -0.0, 0.0, 1e2, 9223372036854775807, 0.1, 1733043686.8428597]"))
                .isEqualTo(List.of(1L, 1.0, -0.0, 0.0, 100.0, Long.MAX_VALUE, 0.1, 1733043686.8428597));
    }

    @Test
    void read_ofWhatPythonWrites_takesNonNumbers() {
        assertThat(Json.read("[NaN, Infinity, -Infinity]"))
                .isEqualTo(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775808, 9223372036854775808",
        "-123456789012345678901234567890, -123456789012345678901234567890",
        "1e400, 1E+400",
        "-1e400, -1E+400",
        "1e-400, 1E-400",
        "0.1000000000000000000001, 0.1000000000000000000001",
        "12345678901234567890.5, 12345678901234567890.5"
    })
    void read_ofANumberBeyondLongAndDouble_keepsItsText(String json, String text) {
        Object value = Json.read(json);

        assertThat(value).isEqualTo(new TaggedValue(StateValues.NUMBER_TAG, text));
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
    }

    @Test
    void read_ofADecimalThatADoubleIsExactly_isThatDouble() {
        assertThat(Json.read("0.5000000000000000000000000000")).isEqualTo(0.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "{\"secret\"",
                "{\"secret\":1,\"secret\":2}",
                "[] secret",
                "{} {}",
                "secret",
                "'secret'",
                "{\"a\":secret}",
                "[1,]",
                "\"secret",
                "01",
                "1.",
                "\"\\q secret\"",
                "\u0000secret",
                "1e99999999999"
            })
    void read_ofWhatIsNoJson_namesThePlaceButNotTheText(String text) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no JSON")
                .hasMessageContaining("at line 1, column")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void read_ofNestingBeyondTheLimit_isRefused() {
        assertThat(Json.read("[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH)))
                .isNotNull();
        assertThatThrownBy(() -> Json.read("[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void read_ofAHugeNumber_isRefused() {
        assertThatThrownBy(() -> Json.read("9".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void read_ofForeignMapsThatLookEncoded_takesMalformedOnesAsTheyAre() {
        assertThat(Json.read("{\"$type\":\"int64\",\"value\":\"seven\"}"))
                .isEqualTo(Map.of("$type", "int64", "value", "seven"));
    }
}
