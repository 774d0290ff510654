package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users are served on while an operator moves hash slots between the servers of a cluster, and after one of them died. */
class RedisClusterMovesTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "s1");
    private static final String SESSION = SessionKeys.of("ferry:", KEY).session();
    private static final SessionKey WEB_KEY = new SessionKey("web", "", "s1");

    private RedisCluster cluster;

    @BeforeEach
    void start() {
        cluster = RedisCluster.start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void append_whileTheSlotMoves_waitsUntilItHasMoved() {
        try (SessionService service = RedisSessionService.builder(cluster.options(Duration.ofSeconds(30)))
                .build()) {
            service.create(NewSession.builder(KEY).build());
            service.append(KEY, TestEvents.changing("first", 1, Map.of("k", 1L)));
            Move move = Move.of(cluster, SESSION);
            move.begin();

            CompletableFuture<Void> append = CompletableFuture.runAsync(
                    () -> service.append(KEY, TestEvents.changing("second", 2, Map.of("k", 2L))));
            move.awaitRefusal();
            move.moveKeys();
            move.end();
            append.join();

            Session session = service.find(KEY, EventSelection.all()).orElseThrow();
            assertThat(session.events()).extracting(SessionEvent::id).containsExactly("first", "second");
            assertThat(session.state()).isEqualTo(Map.of("k", 2L));
            assertThat(scanned(service)).containsExactly(KEY);
        }
    }

    @Test
    void webSession_whileTheSlotMoves_isReplacedWhenItHasMoved() {
        try (SessionService service = WebRedisSessionService.builder(cluster.options(Duration.ofSeconds(30)))
                .build()) {
            service.store(web(1), Precondition.none());
            Move move = Move.of(cluster, "{" + WEB_KEY.sessionId() + "}");
            move.begin();

            CompletableFuture<Void> store =
                    CompletableFuture.runAsync(() -> service.store(web(2), Precondition.none()));
            move.awaitRefusal();
            move.moveKeys();
            move.end();
            store.join();

            assertThat(service.find(WEB_KEY, EventSelection.all()).orElseThrow().state())
                    .containsEntry("count", 2L);
            assertThat(scanned(service)).containsExactly(WEB_KEY);
        }
    }

    @Test
    void append_whileTheKeysOfASessionAreApart_isRefusedWithTheReason_andDoneAfterwards() {
        RedisOptions impatient = cluster.options(Duration.ofMillis(500));
        try (SessionService service = RedisSessionService.builder(impatient).build()) {
            service.create(NewSession.builder(KEY).build());
            service.append(KEY, TestEvents.event("first", 1));
            Move move = Move.of(cluster, SESSION);
            move.begin();
            move.moveKey(SESSION);

            SessionException refused = catchThrowableOfType(
                    SessionException.class, () -> service.append(KEY, TestEvents.event("second", 2)));
            move.moveKeys();
            move.end();
            service.append(KEY, TestEvents.event("second", 2));

            assertThat(refused.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("being moved");
            assertThat(service.find(KEY, EventSelection.all()).orElseThrow().events())
                    .extracting(SessionEvent::id)
                    .containsExactly("first", "second");
        }
    }

    @Test
    void calls_whileAServerIsDead_areRefusedAsUnavailable_andAllIsThereWhenItIsBack() {
        RedisOptions impatient = cluster.options(Duration.ofSeconds(1));
        try (SessionService service = RedisSessionService.builder(impatient).build()) {
            List<SessionKey> keys = IntStream.range(0, 20)
                    .mapToObj(i -> new SessionKey("app", "ada", "s" + i))
                    .toList();
            keys.forEach(key -> service.create(NewSession.builder(key).build()));
            RedisServer server = cluster.nodeOf(SESSION);

            server.kill();
            SessionException refused =
                    catchThrowableOfType(SessionException.class, () -> service.find(KEY, EventSelection.all()));
            server.restart();
            cluster.awaitReady();
            appendPatiently(service, KEY, TestEvents.event("after", 1));

            assertThat(refused.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
            assertThat(keys)
                    .allMatch(key -> service.find(key, EventSelection.all()).isPresent());
            assertThat(service.find(KEY, EventSelection.all()).orElseThrow().events())
                    .extracting(SessionEvent::id)
                    .containsExactly("after");
            assertThat(scanned(service)).containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    /** The client takes a while to notice that the server is back; an event that is appended again is there once. */
    private static void appendPatiently(SessionService service, SessionKey key, SessionEvent event) {
        for (int attempt = 1; ; attempt++) {
            try {
                service.append(key, event);
                return;
            } catch (SessionException e) {
                if (!e.retryable() || attempt == 30) {
                    throw e;
                }
            }
        }
    }

    private static Session web(long count) {
        return Session.builder(WEB_KEY, TestEvents.BEGIN.plusSeconds(count))
                .state(Map.of("count", count))
                .build();
    }

    private static List<SessionKey> scanned(SessionService service) {
        List<SessionKey> keys = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), 10);
            page.sessions().stream().map(SessionSummary::key).forEach(keys::add);
            next = page.next();
        }
        return keys;
    }

    /** A hash slot that goes from one server to another, step by step as {@code redis-cli --cluster reshard} does it. */
    private record Move(int slot, RedisServer from, String fromId, RedisServer to, String toId) {

        static Move of(RedisCluster cluster, String key) {
            RedisServer from = cluster.nodeOf(key);
            RedisServer to = cluster.nodes().stream()
                    .filter(node -> node != from)
                    .findFirst()
                    .orElseThrow();
            return new Move(SlotHash.getSlot(key), from, id(from), to, id(to));
        }

        private static String id(RedisServer server) {
            return RedisAccess.run(server, commands -> commands.clusterMyId());
        }

        void begin() {
            RedisAccess.run(to, commands -> commands.clusterSetSlotImporting(slot, fromId));
            RedisAccess.run(from, commands -> commands.clusterSetSlotMigrating(slot, toId));
        }

        /** Until a call has been told to try again, for not all keys that it names are in one place. */
        void awaitRefusal() {
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (Stream.of(from, to).noneMatch(Move::hasRefused)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }

        private static boolean hasRefused(RedisServer server) {
            return RedisAccess.run(server, commands -> commands.info("errorstats"))
                    .contains("TRYAGAIN");
        }

        void moveKey(String key) {
            RedisAccess.run(
                    from,
                    commands -> commands.migrate(
                            RedisServer.HOST, to.port(), 0, 5_000, MigrateArgs.Builder.keys(List.of(key))));
        }

        void moveKeys() {
            RedisAccess.run(from, commands -> commands.clusterGetKeysInSlot(slot, 100))
                    .forEach(this::moveKey);
        }

        void end() {
            RedisAccess.run(to, commands -> commands.clusterSetSlotNode(slot, toId));
            RedisAccess.run(from, commands -> commands.clusterSetSlotNode(slot, toId));
        }
    }
}
