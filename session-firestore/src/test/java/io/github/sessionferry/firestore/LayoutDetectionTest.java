package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutDetectionTest {

    private FakeFirestore fake;
    private RawDocuments raw;

    @BeforeEach
    void start() {
        fake = FakeFirestore.start();
        raw = new RawDocuments(TestStores.options(fake.endpoint(), "demo"));
    }

    @AfterEach
    void stop() {
        raw.close();
        fake.close();
    }

    @ParameterizedTest
    @CsvSource({
        "sessions/s1,                                          firestore:demo/(default)",
        "adk-session/ada/sessions/s1,                          firestore:demo/(default)?layout=adk-java",
        "adk-session/ada/sessions/s1/user-event/e1,            firestore:demo/(default)?layout=adk-java",
        "adk-session/shop/users/ada/sessions/s1,               firestore:demo/(default)?layout=adk-python",
        "adk-session/shop/users/ada/sessions/s1/events/e1,     firestore:demo/(default)?layout=adk-python"
    })
    void open_auto_takesTheLayoutThatThereIs(String document, String name) {
        raw.write(document, Map.of("id", "s1"));
        raw.write("elsewhere/a/sessions/s1", Map.of("id", "s1"));

        try (SessionService store = open("auto")) {
            assertThat(store.name()).isEqualTo(name);
        }
    }

    @Test
    void open_autoOverAnotherRoot_looksThere() {
        raw.write("talks/ada/sessions/s1", Map.of("id", "s1"));
        raw.write("adk-session/shop/users/ada/sessions/s1", Map.of("id", "s1"));

        try (SessionService store = open("auto&root=talks")) {
            assertThat(store.name()).isEqualTo("firestore:demo/(default)?layout=adk-java");
        }
    }

    @Test
    void open_autoOverTwoLayoutsInOneRoot_namesBoth() {
        for (int i = 0; i < 301; i++) {
            raw.write("adk-session/a/users/ada/sessions/s" + i, Map.of("id", "s" + i));
        }
        raw.write("adk-session/zoe/sessions/s1/user-event/e1", Map.of("author", "zoe"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> open("auto"))
                .withMessageContaining("adk-java and adk-python")
                .withMessageContaining("layout=");
    }

    @Test
    void open_autoOverNothing_asksForTheLayout() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open("auto"))
                .withMessageContaining("no sessions")
                .withMessageContaining("layout=");
    }

    @Test
    void open_unknownLayout_namesThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open("adk-go"))
                .withMessageContaining("adk-flat, adk-java, adk-python, auto");
    }

    private SessionService open(String layout) {
        return SessionStores.open("firestore://demo?layout=" + layout + "&emulator=" + fake.endpoint());
    }
}
