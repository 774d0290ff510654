package io.github.sessionferry.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTextTest {

    @Property(tries = 300)
    void put_anyText_comesBackAndIsLegal(@ForAll @NotEmpty String text) {
        Assume.that(Texts.isWellFormed(text));
        Map<String, String> labels = new LinkedHashMap<>();

        LabelText.put(labels, "sf-id", text);

        assertThat(LabelText.get(labels, "sf-id")).isEqualTo(text);
        assertThat(labels.keySet()).allMatch(name -> name.matches("[a-z][a-z0-9_-]{0,63}"));
        assertThat(labels.values()).allMatch(value -> value.matches("[a-z0-9_-]{1,64}"));
    }

    @Test
    void put_text_staysReadable() {
        Map<String, String> labels = new LinkedHashMap<>();

        LabelText.put(labels, "sf-id", "Order #7 of ana");

        assertThat(labels).containsExactly(Map.entry("sf-id-0", "_4frder_20_237_20of_20ana"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"_", "_4", "_zz", "a_ff"})
    void get_brokenText_isRefusedWithoutShowingIt(String broken) {
        assertThatThrownBy(() -> LabelText.get(Map.of("sf-id-0", broken), "sf-id"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sf-id")
                .hasMessageNotContaining(broken + "\"");
    }

    @Test
    void get_noText_isNull() {
        assertThat(LabelText.get(Map.of("sf-app-0", "x"), "sf-id")).isNull();
    }
}
