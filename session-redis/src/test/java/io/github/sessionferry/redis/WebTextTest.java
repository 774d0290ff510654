package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.testkit.generators.SessionArbitraries;
import io.github.sessionferry.testkit.generators.SessionSamples;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WebTextTest {

    @Test
    void write_plainValues_areWhatOtherReadersExpect() {
        assertThat(WebText.write("admin")).isEqualTo("admin");
        assertThat(WebText.write(5L)).isEqualTo("5");
        assertThat(WebText.write(-5L)).isEqualTo("-5");
        assertThat(WebText.write(4.5)).isEqualTo("4.5");
        assertThat(WebText.write(1.0)).isEqualTo("1.0");
        assertThat(WebText.write(true)).isEqualTo("true");
        assertThat(WebText.write(null)).isEqualTo("null");
        assertThat(WebText.write("")).isEmpty();
        assertThat(WebText.write(List.of("a", 1L))).isEqualTo("[\"a\",1]");
        assertThat(WebText.write(Map.of("k", false))).isEqualTo("{\"k\":false}");
    }

    @Test
    void write_stringsThatReadAsSomethingElse_standInQuotes() {
        assertThat(WebText.write("5")).isEqualTo("\"5\"");
        assertThat(WebText.write("true")).isEqualTo("\"true\"");
        assertThat(WebText.write("null")).isEqualTo("\"null\"");
        assertThat(WebText.write("4.5")).isEqualTo("\"4.5\"");
        assertThat(WebText.write("[1]")).isEqualTo("\"[1]\"");
        assertThat(WebText.write("\"5\"")).isEqualTo("\"\\\"5\\\"\"");
    }

    @Test
    void write_stringsThatOnlyResembleSomethingElse_standBare() {
        for (String text : List.of(
                "007",
                "+5",
                "-0",
                "1.10",
                "1.",
                ".5",
                "1e",
                "12345678901234567890",
                "3.14159265358979323846",
                "True",
                "[draft",
                "{",
                "\"name\"",
                "\"",
                "nul",
                "1 2",
                "0x1",
                "1e999",
                "1.0e-999",
                "--1",
                "é",
                "🚀")) {
            assertThat(WebText.write(text)).isEqualTo(text);
            assertThat(WebText.read(text)).isEqualTo(text);
        }
    }

    @Test
    void read_numbersOfOtherWriters_areNumbers() {
        assertThat(WebText.read("10000000000.0")).isEqualTo(1.0E10);
        assertThat(WebText.read("1e-05")).isEqualTo(1.0E-5);
        assertThat(WebText.read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(WebText.read("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void write_anySample_isReadEqual() {
        SessionSamples.values()
                .forEach((name, value) ->
                        assertThat(WebText.read(WebText.write(value))).as(name).isEqualTo(value));
        SessionSamples.KEYS_OF_MAPS
                .values()
                .forEach(name ->
                        assertThat(WebText.readField(WebText.writeField(name))).isEqualTo(name));
        assertThat(WebText.readField(WebText.writeField("$utf16:AGE="))).isEqualTo("$utf16:AGE=");
    }

    @Property
    void write_anyValue_isReadEqual(@ForAll("values") Object value) {
        assertThat(WebText.read(WebText.write(value))).isEqualTo(value);
    }

    @Property
    void write_anyDouble_isReadEqual(@ForAll double value) {
        assertThat(WebText.read(WebText.write(value))).isEqualTo(value);
    }

    @Property
    void write_anyLong_isItsText(@ForAll long value) {
        assertThat(WebText.write(value)).isEqualTo(Long.toString(value));
        assertThat(WebText.read(Long.toString(value))).isEqualTo(value);
    }

    @Property
    void read_anyText_losesNothing(@ForAll("texts") String text) {
        Object value = WebText.read(text);

        assertThat(WebText.read(WebText.write(value))).isEqualTo(value);
        if (value instanceof String || value instanceof Long || value instanceof Boolean) {
            assertThat(WebText.write(value)).isEqualTo(text);
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("0159.eE+-\"\\ntrufalse[]{}:, ").ofMaxLength(12);
    }

    @Provide
    Arbitrary<?> values() {
        return Arbitraries.oneOf(SessionArbitraries.values(), texts());
    }
}
