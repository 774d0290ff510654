package io.github.sessionferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemorySessionServiceTest {

    private static final SessionKey KEY = new SessionKey("app", "user", "session");

    @Test
    void open_sameName_sharesTheStore() {
        try (SessionService first = SessionStores.open("memory:shared-by-this-test");
                SessionService second = SessionStores.open("memory:shared-by-this-test");
                SessionService other = SessionStores.open("memory:another")) {
            first.create(NewSession.builder(KEY).build());

            assertThat(second.find(KEY, EventSelection.none())).isPresent();
            assertThat(other.find(KEY, EventSelection.none())).isEmpty();
            assertThat(first.name()).isEqualTo("memory:shared-by-this-test");
        }
    }

    @Test
    void open_nameAfterClose_keepsTheSessions() {
        try (SessionService first = SessionStores.open("memory:kept-by-this-test")) {
            first.create(NewSession.builder(KEY).build());
        }

        try (SessionService again = SessionStores.open("memory:kept-by-this-test")) {
            assertThat(again.find(KEY, EventSelection.none())).isPresent();
        }
    }

    @Test
    void open_withoutName_isAStoreOfItsOwn() {
        try (SessionService first = SessionStores.open("memory:");
                SessionService second = SessionStores.open("memory:")) {
            first.create(NewSession.builder(KEY).build());

            assertThat(second.find(KEY, EventSelection.none())).isEmpty();
        }
    }

    @Test
    void open_unknownParameter_isRefused() {
        assertThatThrownBy(() -> SessionStores.open("memory:?layout=agent"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layout");
    }

    @Test
    void openAgain_closedFirst_staysOpen() {
        InMemorySessionService first = InMemorySessionService.create();
        InMemorySessionService second = first.openAgain();
        first.create(NewSession.builder(KEY).build());

        first.close();

        assertThat(second.find(KEY, EventSelection.none())).isPresent();
    }

    @Test
    void find_interruptedThread_isRefusedAsUnavailable() {
        InMemorySessionService store = InMemorySessionService.create();
        Thread.currentThread().interrupt();

        SessionException thrown =
                catchThrowableOfType(SessionException.class, () -> store.find(KEY, EventSelection.none()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
    }

    @Test
    void revision_everyChangeOfTheStore_isGreater() {
        InMemorySessionService store = InMemorySessionService.create();

        List<Long> revisions = IntStream.range(0, 20)
                .mapToObj(i -> store.create(NewSession.builder("app", "user").build()))
                .map(session -> Long.valueOf(session.revision().orElseThrow()))
                .toList();

        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void scanPartitions_manySessions_areOfEqualSize() {
        InMemorySessionService store = InMemorySessionService.create();
        IntStream.range(0, 1_000)
                .forEach(i -> store.create(NewSession.builder("app", "user").build()));

        List<Integer> sizes = new ArrayList<>();
        for (ScanCursor partition : store.scanPartitions(4)) {
            sizes.add(store.scan(partition, 10_000).sessions().size());
        }

        assertThat(sizes).containsExactly(250, 250, 250, 250);
    }

    @Test
    void scan_foreignCursor_isRefused() {
        InMemorySessionService store = InMemorySessionService.create();

        for (String token : List.of("x", "7", "[]", "[1,2]", "[[\"a\"],null]", "[[\"\",\"b\",\"c\"],null]")) {
            ScanCursor cursor = new ScanCursor(token);
            assertThatThrownBy(() -> store.scan(cursor, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.list(SessionQuery.ofApp("app"), cursor, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.scanSharedScopes(cursor, 2)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void find_returnedSession_isNotChangedByLaterWrites() {
        InMemorySessionService store = InMemorySessionService.create();
        store.create(NewSession.builder(KEY).state(Map.of("user:name", "Ada")).build());
        Optional<Map<String, Object>> before =
                store.find(KEY, EventSelection.all()).map(session -> session.state());

        store.create(NewSession.builder("app", "user")
                .state(Map.of("user:name", "Grace"))
                .build());

        assertThat(before).contains(Map.of("user:name", "Ada"));
    }
}
