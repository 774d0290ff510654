package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers are lost, servers die: nothing is lost, nothing doubled, and what is told is true. */
class LostAnswersTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "s{1}");

    private RedisServer server;
    private TcpProxy proxy;
    private RedisSessionService service;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.startDurable();
        proxy = TcpProxy.to(server.port());
        service = RedisSessionService.builder(RedisOptions.builder(RedisURI.create(RedisServer.HOST, proxy.port()))
                        .timeout(Duration.ofSeconds(10))
                        .build())
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
        proxy.close();
        server.close();
    }

    @Test
    void create_answerLost_isCreatedOnce() {
        loseAnswerOf("create");

        Session created = service.create(NewSession.builder(KEY)
                .state(Map.of("k", 1L, "user:name", "Ada"))
                .build());

        assertThat(created.state()).isEqualTo(Map.of("k", 1L, "user:name", "Ada"));
        assertThat(found()).isEqualTo(created);
        assertThat(scanned()).containsExactly(KEY);
    }

    @Test
    void append_answerLost_isAppendedOnce() {
        service.create(NewSession.builder(KEY).build());
        loseAnswerOf("append");

        AppendOutcome outcome = service.append(KEY, TestEvents.changing("e1", 1, Map.of("k", 1L, "app:motd", "hi")));

        assertThat(outcome).isEqualTo(AppendOutcome.APPENDED);
        assertThat(found().events()).hasSize(1);
        assertThat(found().state()).isEqualTo(Map.of("k", 1L, "app:motd", "hi"));
    }

    @Test
    void store_answerLost_isStoredOnceAndToldSo() {
        Session session = session(3);
        loseAnswerOf("store");

        StoreOutcome created = service.store(session, Precondition.absent());
        loseAnswerOf("store");
        StoreOutcome updated = service.store(
                session.toBuilder().state(Map.of("k", 2L)).build(),
                Precondition.revision(found().revision().orElseThrow()));

        assertThat(created).isEqualTo(StoreOutcome.of(StoreOutcome.Status.CREATED, 3));
        assertThat(updated).isEqualTo(StoreOutcome.of(StoreOutcome.Status.UPDATED, 0));
        assertThat(found().state()).isEqualTo(Map.of("k", 2L));
        assertThat(found().events()).isEqualTo(session.events());
    }

    @Test
    void delete_answerLost_isToldAsDeleted() {
        service.create(NewSession.builder(KEY).build());
        loseAnswerOf("delete");

        assertThat(service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
        assertThat(service.find(KEY, EventSelection.all())).isEmpty();
        assertThat(scanned()).isEmpty();
    }

    @Test
    void append_diedBeforeItsSharedState_isCompletedByTheNextReader_andOlderThanWhatCameLater() {
        SessionKey other = new SessionKey("app", "ada", "s2");
        service.create(NewSession.builder(KEY).build());
        service.create(NewSession.builder(other).build());
        dieBeforeSharing(TestEvents.changing("e1", 1, Map.of("user:theme", "dark", "user:size", 1L)));
        assertThat(service.findSharedState(KEY.userScope())).isEmpty();
        service.append(other, TestEvents.changing("e1", 1, Map.of("user:theme", "light")));

        Map<String, Object> seen = Map.copyOf(found().state());

        assertThat(seen).isEqualTo(Map.of("user:theme", "light", "user:size", 1L));
        assertThat(service.findSharedState(KEY.userScope()).get("size"))
                .extracting(SharedValue::value)
                .isEqualTo(1L);
        Long pending = RedisAccess.run(
                server,
                commands -> commands.exists(SessionKeys.of("ferry:", KEY).pending()));
        assertThat(pending).isZero();
    }

    @Test
    void append_diedBeforeItsSharedState_isCompletedByDoingItAgain() {
        service.create(NewSession.builder(KEY).build());
        SessionEvent event = TestEvents.changing("e1", 1, Map.of("user:theme", "dark"));
        dieBeforeSharing(event);

        assertThat(service.append(KEY, event)).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThat(service.findSharedState(KEY.userScope())).containsKey("theme");
    }

    @Test
    void manyCalls_serverKilledAndRestartedMeanwhile_nothingLostNothingDoubled() throws Exception {
        int threads = 8;
        int each = 150;
        service.create(NewSession.builder(KEY).build());
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger done = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> work = IntStream.range(0, threads)
                    .mapToObj(thread -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    String id = thread + "-" + i;
                                    service.append(KEY, TestEvents.changing(id, i, Map.of(id, 1L)));
                                    acknowledged.add(id);
                                    done.incrementAndGet();
                                }
                            },
                            executor))
                    .toList();
            for (int kill = 1; kill <= 3; kill++) {
                int reached = kill * threads * each / 5;
                while (done.get() < reached && work.stream().noneMatch(CompletableFuture::isDone)) {
                    Thread.onSpinWait();
                }
                server.restart();
            }
            CompletableFuture.allOf(work.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        } finally {
            executor.shutdownNow();
        }

        Session session = found();

        assertThat(session.events()).extracting(SessionEvent::id).containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(session.state().keySet()).containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(acknowledged).hasSize(threads * each);
    }

    /** Appends as a process does that dies before it brings the shared state where it belongs. */
    private void dieBeforeSharing(SessionEvent event) {
        RedisOptions options = RedisOptions.builder(RedisAccess.uri(server)).build();
        try (RedisCalls calls = new RedisCalls("redis", options)) {
            SharedChange shared =
                    new SharedState(calls, "ferry:").prepare("append", KEY, event.stateDelta(), TestEvents.BEGIN);
            Arguments arguments = new Arguments()
                    .add(
                            RedisTime.comparable(TestEvents.BEGIN),
                            Tokens.next(TestEvents.BEGIN),
                            Json.write(event.id()),
                            StoredSession.event(event),
                            event.timestamp().getEpochSecond(),
                            RedisTime.micros(event.timestamp()),
                            shared.pending());
            List<Object> answer = calls.change(
                    "append",
                    KEY,
                    (commands, maybeApplied) -> Script.named("append.lua")
                            .run(commands, SessionKeys.of("ferry:", KEY).all(), arguments.values()));
            assertThat(Arguments.text(answer.get(0))).isEqualTo("APPENDED");
        }
    }

    private void loseAnswerOf(String script) {
        proxy.loseAnswers(
                1,
                Script.named(script.equals("create") ? "store.lua" : script + ".lua")
                        .digest());
    }

    private Session session(int events) {
        return Session.builder(KEY, TestEvents.BEGIN.plusSeconds(events))
                .createTime(TestEvents.BEGIN)
                .state(Map.of("k", 1L))
                .events(IntStream.range(0, events)
                        .mapToObj(i -> TestEvents.event("e" + i, i))
                        .toList())
                .build();
    }

    private Session found() {
        return service.find(KEY, EventSelection.all()).orElseThrow();
    }

    private List<SessionKey> scanned() {
        return service.scan(ScanCursor.START, 100).sessions().stream()
                .map(SessionSummary::key)
                .toList();
    }
}
