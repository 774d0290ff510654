package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirestoreSessionStoreProviderTest {

    @Test
    void open_atAnEmulator_isTheDatabaseNamed() {
        SessionKey key = new SessionKey("shop", "ada", "s1");
        try (FakeFirestore fake = FakeFirestore.start();
                SessionService named = SessionStores.open(
                        "firestore://demo/sessions?layout=adk-flat&timeout=20s&emulator=" + fake.endpoint());
                SessionService other = SessionStores.open("firestore://demo?emulator=" + fake.endpoint())) {
            named.create(NewSession.builder(key).build());

            assertThat(named.name()).isEqualTo("firestore:demo/sessions");
            assertThat(other.name()).isEqualTo("firestore:demo/(default)");
            assertThat(named.find(key, EventSelection.none())).isPresent();
            assertThat(other.find(key, EventSelection.none())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "firestore:",
                "firestore:///db",
                "firestore://p/db/collection",
                "firestore://p/db?layout=other",
                "firestore://p/db?timeout=soon",
                "firestore://p/db?emulater=127.0.0.1:1"
            })
    void open_wrongAddress_isRefused(String address) {
        assertThatIllegalArgumentException().isThrownBy(() -> SessionStores.open(address));
    }
}
