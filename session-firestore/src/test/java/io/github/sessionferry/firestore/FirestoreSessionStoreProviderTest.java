package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.time.Instant;
import java.util.Map;
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

    @Test
    void open_otherLayoutAndCollections_isThoseThatAreNamed() {
        SessionKey key = new SessionKey("shop", "ada", "s1");
        try (FakeFirestore fake = FakeFirestore.start();
                SessionService store = SessionStores.open("firestore://demo?layout=adk-python&root=talks&events=turns"
                        + "&app-state=apps&user-state=people&emulator=" + fake.endpoint());
                RawDocuments raw = new RawDocuments(TestStores.options(fake.endpoint(), "demo"))) {
            store.create(NewSession.builder(key)
                    .state(Map.of("user:name", "Ada", "app:motd", "hello"))
                    .build());
            store.append(key, SessionEvent.builder("e1", "user", Instant.EPOCH).build());

            assertThat(store.name()).isEqualTo("firestore:demo/(default)?layout=adk-python");
            assertThat(raw.below("talks"))
                    .containsOnlyKeys("talks/shop/users/ada/sessions/s1", "talks/shop/users/ada/sessions/s1/turns/e1");
            assertThat(raw.below("apps")).containsOnlyKeys("apps/shop");
            assertThat(raw.below("people")).containsOnlyKeys("people/shop/users/ada");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "firestore:",
                "firestore:///db",
                "firestore://p/db/collection",
                "firestore://p/db?layout=other",
                "firestore://p/db?root=a%2Fb",
                "firestore://p/db?events=__x__",
                "firestore://p/db?timeout=soon",
                "firestore://p/db?emulater=127.0.0.1:1"
            })
    void open_wrongAddress_isRefused(String address) {
        assertThatIllegalArgumentException().isThrownBy(() -> SessionStores.open(address));
    }
}
