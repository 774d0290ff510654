package io.github.sessionferry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUriTest {

    @Test
    void parse_ofAnAddress_takesItApart() {
        StoreUri uri = StoreUri.parse("firestore://proj/(default)?layout=adk-flat&name=a%20b%26c+d%C3%A9&empty=");

        assertThat(uri.scheme()).isEqualTo("firestore");
        assertThat(uri.location()).isEqualTo("proj/(default)");
        assertThat(uri.parameter("name")).contains("a b&c+dé");
        assertThat(uri.parameter("empty")).contains("");
        assertThat(uri.parameter("absent")).isEmpty();
    }

    @Test
    void group_ofParameters_isTakenByWhatFollowsItsName() {
        StoreUri uri = StoreUri.parse("x:y?app=a&app.shop=1&apps.no=2&app.a.b%3D=3");

        assertThat(uri.group("app")).isEqualTo(Map.of("shop", "1", "a.b=", "3"));
        uri.requireKnownParameters("app", "app.*", "apps.no");
        assertThatThrownBy(() -> uri.requireKnownParameters("app", "app.*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no parameter apps.no");
        assertThatThrownBy(() -> uri.requireKnownParameters("app", "apps.*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("app.a.b=, app.shop");
    }

    @Test
    void location_withPercentSigns_isTakenAsItIs() {
        assertThat(StoreUri.parse("file:/tmp/100%25/x").location()).isEqualTo("/tmp/100%25/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "folder",
                ":x",
                "file:/x?layout",
                "file:/x?=agent",
                "file:/x?a=1&a=2",
                "file:/x?a=%zz",
                "file:/x?a=%"
            })
    void parse_ofAWrongAddress_saysWhatIsWrong(String text) {
        assertThatThrownBy(() -> StoreUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .containsAnyOf("scheme", "NAME=VALUE", "twice", "%25");
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "10s, PT10S", "2m, PT2M", "1h30m, PT1H30M", "12h, PT12H", "7d, PT168H"})
    void duration_ofATime_isRead(String text, Duration expected) {
        assertThat(StoreUri.parse("x:y?t=" + text).duration("t", Duration.ZERO)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0s",
                "-1s",
                "10",
                "ms",
                "soon",
                "0d",
                "-7d",
                "1d2h",
                "99999999999999999999d",
                "99999999999999999999ms"
            })
    void duration_ofNoTime_saysHowToWriteIt(String text) {
        assertThatThrownBy(() -> StoreUri.parse("x:y?t=" + text).duration("t", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10s");
    }

    @Test
    void count_ofAWholeNumber_isRead() {
        assertThat(StoreUri.parse("x:y?n=10000").count("n", 1)).isEqualTo(10_000);
        assertThat(StoreUri.parse("x:y").count("n", 7)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "many", "99999999999999999999"})
    void count_ofNoWholeNumber_saysHowToWriteIt(String text) {
        assertThatThrownBy(() -> StoreUri.parse("x:y?n=" + text).count("n", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parameter n is '" + text + "'")
                .hasMessageContaining("at least 1");
    }

    @Test
    void choiceAndFlag_ofOtherWords_nameTheAllowedOnes() {
        StoreUri uri = StoreUri.parse("file:/x?layout=tar&create=yes");

        assertThat(uri.choice("other", "agent", "adk-json")).isEqualTo("agent");
        assertThatThrownBy(() -> uri.choice("layout", "agent", "adk-json")).hasMessageContaining("agent, adk-json");
        assertThatThrownBy(() -> uri.flag("create")).hasMessageContaining("false, true");
    }

    @Test
    void requireKnownParameters_withAnUnknownOne_namesBoth() {
        assertThatThrownBy(() -> StoreUri.parse("file:/x?lay=agent").requireKnownParameters("layout"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lay;")
                .hasMessageContaining("layout");
    }

    @Test
    void toString_withAPassword_hidesIt() {
        assertThat(StoreUri.parse("redis://user:se:cr@et@host:6379/0").toString())
                .isEqualTo("redis://user:***@host:6379/0");
        assertThat(StoreUri.parse("redis://host:6379").toString()).isEqualTo("redis://host:6379");
    }

    @Test
    void open_ofAnUnknownScheme_namesIt() {
        assertThatThrownBy(() -> SessionStores.open("carrier-pigeon:coop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carrier-pigeon");
    }
}
