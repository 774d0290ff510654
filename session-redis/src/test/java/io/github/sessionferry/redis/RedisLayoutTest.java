package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands in Redis, and what is read of it. */
class RedisLayoutTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "}{s}\n1{");

    private static RedisServer server;

    private final TestClock clock = TestClock.at(TestEvents.BEGIN);
    private RedisSessionService service;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        RedisAccess.run(server, commands -> commands.flushall());
        service = RedisSessionService.builder(
                        RedisOptions.builder(RedisAccess.uri(server)).build())
                .clock(clock)
                .build();
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void keys_hostileId_shareOneSlotAndHoldNothingOfIt() {
        SessionKeys keys = SessionKeys.of("ferry:", KEY);

        assertThat(keys.all()).extracting(SlotHash::getSlot).containsOnly(SlotHash.getSlot(keys.session()));
        assertThat(keys.all()).allSatisfy(key -> assertThat(key).matches("ferry:\\{[a-z0-9-]+}:[a-z]+"));
    }

    @Test
    void longSession_isStoredInParts_andFoundWhole() {
        Session session = session(2_500);

        StoreOutcome outcome = service.store(session, Precondition.absent());
        StoreOutcome again = service.store(session, Precondition.none());

        assertThat(outcome).isEqualTo(StoreOutcome.of(StoreOutcome.Status.CREATED, 2_500));
        assertThat(again).isEqualTo(StoreOutcome.of(StoreOutcome.Status.UNCHANGED, 0));
        assertThat(found(EventSelection.all())).isEqualTo(session);
        assertThat(found(EventSelection.all()).isComplete()).isTrue();
        assertThat(found(EventSelection.last(1_700)).events())
                .isEqualTo(session.events().subList(800, 2_500));
        assertThat(found(EventSelection.since(TestEvents.BEGIN.plusSeconds(1_000)))
                        .events())
                .isEqualTo(session.events().subList(1_000, 2_500));
    }

    @Test
    void longSession_brokenOff_isIncompleteUntilItIsStoredAgain() {
        Session session = session(2_500);
        StoreTask task = new StoreTask(session, Tokens.next(clock.instant()), Optional.empty(), "");
        runFirstPart(task);

        Session broken = found(EventSelection.all());
        StoreOutcome outcome =
                service.store(session, Precondition.revision(broken.revision().orElseThrow()));

        assertThat(broken.isComplete()).isFalse();
        assertThat(broken.events()).hasSize(1_000);
        assertThat(outcome).isEqualTo(StoreOutcome.of(StoreOutcome.Status.UPDATED, 1_500));
        assertThat(found(EventSelection.all())).isEqualTo(session);
        assertThat(found(EventSelection.all()).isComplete()).isTrue();
    }

    private void runFirstPart(StoreTask task) {
        try (RedisLink link =
                RedisLink.to(RedisOptions.builder(RedisAccess.uri(server)).build())) {
            List<Object> answer = Script.named("store.lua")
                    .run(
                            link.commands().join(),
                            SessionKeys.of("ferry:", KEY).all(),
                            task.part(0, clock.instant()).values())
                    .join();
            assertThat(Arguments.text(answer.get(0))).isEqualTo("CREATED");
        }
    }

    @Test
    void storeAll_manySessions_eachHasItsResultInOrder() {
        List<StoreRequest> requests = IntStream.range(0, 600)
                .mapToObj(i -> new StoreRequest(session(key(i), i % 4), Precondition.absent()))
                .toList();

        List<StoreResult> results = service.storeAll(requests);
        Map<SessionKey, Session> found = service.findAll(
                requests.stream().map(request -> request.session().key()).toList(), EventSelection.all());

        assertThat(results)
                .extracting(StoreResult::key)
                .containsExactlyElementsOf(requests.stream()
                        .map(request -> request.session().key())
                        .toList());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.get().status()).isEqualTo(StoreOutcome.Status.CREATED));
        assertThat(found.values())
                .containsExactlyElementsOf(
                        requests.stream().map(StoreRequest::session).toList());
        assertThat(service.estimatedSessions()).hasValue(600);
    }

    @Test
    void expiry_isTheKeysTimeToLive_alsoAfterAnAppend() {
        service.create(NewSession.builder(KEY)
                .expireTime(clock.instant().plus(Duration.ofHours(1)))
                .build());
        service.append(KEY, TestEvents.event("e1", 1));

        assertThat(SessionKeys.of("ferry:", KEY).all().subList(0, 3))
                .allSatisfy(key -> assertThat(RedisAccess.run(server, commands -> commands.pttl(key))
                                .longValue())
                        .isBetween(
                                Duration.ofMinutes(59).toMillis(),
                                Duration.ofHours(1).toMillis()));
    }

    @Test
    void expiry_takenAway_leavesTheKeysForEver() {
        service.create(NewSession.builder(KEY)
                .expireTime(clock.instant().plus(Duration.ofHours(1)))
                .build());

        service.store(session(KEY, 1), Precondition.none());

        assertThat(SessionKeys.of("ferry:", KEY).all().subList(0, 3))
                .allSatisfy(key -> assertThat(RedisAccess.run(server, commands -> commands.pttl(key))
                                .longValue())
                        .isEqualTo(-1));
    }

    @Test
    void deletion_takesOutItsOwnIndexEntryAndNotItsSuccessors() {
        service.create(NewSession.builder(KEY).build());
        String born = RedisAccess.run(
                server, commands -> commands.hget(SessionKeys.of("ferry:", KEY).session(), StoredSession.BORN));
        service.delete(KEY, Precondition.none());
        service.create(NewSession.builder(KEY).build());

        try (RedisCalls calls = new RedisCalls(
                "redis", RedisOptions.builder(RedisAccess.uri(server)).build())) {
            new SessionIndex(calls, "ferry:").remove(KEY, born);
        }

        assertThat(scanned()).containsExactly(KEY);
        assertThat(service.estimatedSessions()).hasValue(1);
    }

    @Test
    void scan_entryWithoutSession_isPassedOverAndRemovedAfterADay() {
        service.create(NewSession.builder(KEY).build());
        SessionKeys.of("ferry:", KEY).all().forEach(key -> RedisAccess.run(server, commands -> commands.del(key)));

        assertThat(scanned()).isEmpty();
        assertThat(service.estimatedSessions()).hasValue(1);
        clock.advance(Duration.ofHours(25));
        assertThat(scanned()).isEmpty();
        assertThat(service.estimatedSessions()).hasValue(0);
    }

    @Test
    void expiredSessions_leaveTheIndexWhenOthersAreCreated() {
        for (int i = 0; i < 5; i++) {
            service.create(NewSession.builder(key(i))
                    .expireTime(clock.instant().plus(Duration.ofHours(1)))
                    .build());
        }
        clock.advance(Duration.ofHours(26));

        service.create(NewSession.builder(key(9)).build());

        assertThat(service.estimatedSessions()).hasValue(1);
    }

    @Test
    void list_ofAUser_isNobodyElses_whateverTheNames() {
        List<String> names = List.of("a", "a:", ":a", "", "a\n", "A");
        names.forEach(app -> names.forEach(user -> {
            if (!app.isEmpty()) {
                service.create(
                        NewSession.builder(new SessionKey(app, user, "s")).build());
            }
        }));

        assertThat(service.list(SessionQuery.ofUser("a", "a:"), ScanCursor.START, 10)
                        .sessions())
                .extracting(SessionSummary::key)
                .containsExactly(new SessionKey("a", "a:", "s"));
        assertThat(service.list(SessionQuery.ofApp("a:"), ScanCursor.START, 100).sessions())
                .hasSize(names.size());
    }

    @Test
    void otherPrefix_isAnotherStore() {
        service.create(NewSession.builder(KEY).build());

        try (RedisSessionService other = RedisSessionService.builder(
                        RedisOptions.builder(RedisAccess.uri(server)).build())
                .prefix("other:")
                .clock(clock)
                .build()) {
            assertThat(other.find(KEY, EventSelection.all())).isEmpty();
            assertThat(other.scan(ScanCursor.START, 10).sessions()).isEmpty();
        }
    }

    @Test
    void find_othersAppendMeanwhile_isTheSessionOfOneMoment() throws Exception {
        service.store(session(3_000), Precondition.absent());
        CompletableFuture<Void> appending = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                service.append(KEY, TestEvents.changing("new" + i, 4_000 + i, Map.of("new", (long) i)));
            }
        });

        while (!appending.isDone()) {
            Session found = found(EventSelection.all());
            long state = (long) found.state().getOrDefault("new", -1L);
            assertThat(found.events()).hasSize(3_000 + (int) state + 1);
        }

        appending.get(10, TimeUnit.SECONDS);
        assertThat(found(EventSelection.all()).events()).hasSize(3_300);
    }

    private static SessionKey key(int number) {
        return new SessionKey("app", "ada", "s" + number);
    }

    private static Session session(int events) {
        return session(KEY, events);
    }

    private static Session session(SessionKey key, int events) {
        return Session.builder(key, TestEvents.BEGIN.plusSeconds(events))
                .createTime(TestEvents.BEGIN)
                .state(Map.of("k", 1L))
                .events(IntStream.range(0, events)
                        .mapToObj(i -> TestEvents.event("e" + i, i))
                        .toList())
                .build();
    }

    private Session found(EventSelection events) {
        return service.find(KEY, events).orElseThrow();
    }

    private List<SessionKey> scanned() {
        return service.scan(ScanCursor.START, 100).sessions().stream()
                .map(SessionSummary::key)
                .toList();
    }
}
