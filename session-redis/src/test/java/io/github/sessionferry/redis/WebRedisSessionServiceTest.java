package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.DeleteOutcome;
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
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WebRedisSessionServiceTest {

    private static final Instant UPDATED = Instant.parse("2026-02-01T00:00:00.000001Z");

    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<String, String> commands;

    private WebRedisSessionService service;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        client = RedisClient.create(RedisAccess.uri(server));
        commands = client.connect().sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        server.close();
    }

    @BeforeEach
    void open() {
        commands.flushall();
        service = builder().build();
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static WebRedisSessionService.Builder builder() {
        return WebRedisSessionService.builder(
                        RedisOptions.builder(RedisAccess.uri(server)).build())
                .appName("shop")
                .userKey("user_id");
    }

    private static SessionKey key(String user, String id) {
        return new SessionKey("shop", user, id);
    }

    private Session found(SessionKey key) {
        return service.find(key, EventSelection.all()).orElseThrow();
    }

    private static SessionEvent delta(Instant time, Map<String, ?> delta) {
        return SessionEvent.builder("e", "user", time).stateDelta(delta).build();
    }

    private static Session seed() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("logged_in", true);
        state.put("username", "admin");
        state.put("user_id", 12345L);
        state.put("csrf_token", "f00");
        state.put("lang", "jp");
        state.put("usage_count", 5L);
        state.put("gemini_3way_analysis", "a long result");
        state.put("cart", List.of("a", 1L));
        state.put("zip", "0123");
        state.put("pin", "1234");
        return Session.builder(key("12345", "abc"), UPDATED).state(state).build();
    }

    private record Scanned(List<SessionKey> keys, List<UnreadableRecord> unreadable) {}

    private static Scanned scan(WebRedisSessionService service, ScanCursor from, int limit) {
        Scanned all = new Scanned(new ArrayList<>(), new ArrayList<>());
        Optional<ScanCursor> next = Optional.of(from);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), limit);
            assertThat(page.sessions()).hasSizeLessThanOrEqualTo(limit);
            page.sessions().forEach(session -> all.keys().add(session.key()));
            all.unreadable().addAll(page.unreadable());
            next = page.next();
        }
        return all;
    }

    /** How a new session is brought. */
    private enum Way {
        ALONE {
            @Override
            void store(WebRedisSessionService service, Session session) {
                service.store(session, Precondition.absent());
            }
        },
        WITH_OTHERS {
            @Override
            void store(WebRedisSessionService service, Session session) {
                Session other = Session.builder(key("", "other"), UPDATED)
                        .state(Map.of("lang", "en"))
                        .build();
                service.storeAll(Stream.of(other, session)
                                .map(each -> new StoreRequest(each, Precondition.absent()))
                                .toList())
                        .forEach(result -> assertThat(result.get().status()).isEqualTo(StoreOutcome.Status.CREATED));
            }
        };

        abstract void store(WebRedisSessionService service, Session session);
    }

    @ParameterizedTest
    @EnumSource
    void store_aSession_isWhatOtherReadersExpect(Way way) {
        way.store(service, seed());

        assertThat(commands.hgetall("session:auth:abc"))
                .isEqualTo(Map.of("logged_in", "true", "username", "admin", "user_id", "12345"));
        assertThat(commands.hgetall("session:security:abc")).isEqualTo(Map.of("csrf_token", "f00"));
        assertThat(commands.hgetall("session:ui:abc")).isEqualTo(Map.of("lang", "jp"));
        assertThat(commands.hgetall("session:stats:abc")).isEqualTo(Map.of("usage_count", "5"));
        assertThat(commands.get("session:analysis:abc")).isEqualTo("a long result");
        assertThat(commands.hgetall("session:other:abc"))
                .isEqualTo(Map.of("cart", "[\"a\",1]", "zip", "0123", "pin", "\"1234\""));
        assertThat(commands.exists("session:translation:abc")).isZero();
        assertThat(found(key("12345", "abc"))).isEqualTo(seed());
    }

    @ParameterizedTest
    @EnumSource
    void store_aSession_givesEachCategoryItsLife(Way way) {
        way.store(service, seed());

        Map<String, Long> lives = Map.of(
                "auth",
                3_600L,
                "security",
                3_600L,
                "analysis",
                900L,
                "ui",
                86_400L,
                "stats",
                86_400L,
                "ferry",
                86_400L);
        lives.forEach((category, seconds) -> assertThat(commands.pttl("session:" + category + ":abc"))
                .as(category)
                .isBetween(seconds * 1_000 - 5_000, seconds * 1_000));
    }

    @ParameterizedTest
    @EnumSource
    void store_aSessionThatExpires_livesNoLonger(Way way) {
        Instant expiry = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MICROS);

        way.store(service, seed().toBuilder().expireTime(expiry).build());

        assertThat(commands.pttl("session:auth:abc")).isBetween(590_000L, 600_000L);
        assertThat(commands.pttl("session:ui:abc")).isBetween(590_000L, 600_000L);
        assertThat(commands.pttl("session:ferry:abc")).isBetween(590_000L, 600_000L);
        assertThat(found(key("12345", "abc")).expireTime()).contains(expiry);
    }

    @ParameterizedTest
    @EnumSource
    void store_aSessionOfAnotherRedis_livesAsLongAsItWouldHaveThere(Way way) {
        service.store(seed(), Precondition.absent());
        commands.expire("session:auth:abc", 100);
        commands.expire("session:ui:abc", 200);
        Session source = found(key("12345", "abc"));
        Map<String, Long> lives = new LinkedHashMap<>();
        for (String category : List.of("auth", "ui", "stats")) {
            lives.put(category, commands.pttl("session:" + category + ":abc"));
        }

        commands.flushall();
        way.store(service, source);

        lives.forEach((category, life) -> assertThat(commands.pttl("session:" + category + ":abc"))
                .as(category)
                .isBetween(life - 5_000, life));
        assertThat(found(source.key()).partExpireTimes()).isEqualTo(source.partExpireTimes());
        assertThat(found(source.key())).isEqualTo(source);
    }

    @ParameterizedTest
    @EnumSource
    void store_whatNoCategoryHasAPlaceFor_standsInOurHashAndComesBack(Way way) {
        Session session = seed().toBuilder()
                .createTime(UPDATED.minusSeconds(9))
                .fields(Map.of("tier", "gold"))
                .state(Map.of("user_id", 12345L, "blob", Bytes.copyOf(new byte[] {1}), "at", UPDATED))
                .build();

        way.store(service, session);

        assertThat(found(session.key())).isEqualTo(session);
        assertThat(commands.hgetall("session:ferry:abc")).containsEntry("fields", "{\"tier\":\"gold\"}");
    }

    @Test
    void store_anotherState_removesWhatIsNoLongerThere() {
        service.store(seed(), Precondition.absent());
        Session changed = seed().toBuilder()
                .state(Map.of("user_id", 12345L, "lang", "en"))
                .build();

        StoreOutcome outcome = service.store(changed, Precondition.none());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.UPDATED);
        assertThat(found(changed.key())).isEqualTo(changed);
        assertThat(commands.keys("session:*"))
                .containsExactlyInAnyOrder("session:auth:abc", "session:ui:abc", "session:ferry:abc");
    }

    @Test
    void find_aSessionOfTheApplication_isReadWithoutOurHash() {
        commands.hset("session:auth:xyz", Map.of("user_id", "7", "logged_in", "true"));
        commands.expire("session:auth:xyz", 3_600);
        commands.set("session:analysis:xyz", "long");
        long end =
                commands.time().stream().mapToLong(Long::parseLong).findFirst().orElseThrow();

        Session session = found(key("7", "xyz"));

        assertThat(session.state()).isEqualTo(Map.of("user_id", 7L, "logged_in", true, "gemini_3way_analysis", "long"));
        assertThat(session.updateTime()).isBetween(Instant.ofEpochSecond(end - 5), Instant.ofEpochSecond(end + 1));
        assertThat(found(key("7", "xyz")).updateTime()).isEqualTo(session.updateTime());
        assertThat(found(key("7", "xyz")).revision()).isEqualTo(session.revision());
        assertThat(scan(service, ScanCursor.START, 10).keys()).containsExactly(key("7", "xyz"));
    }

    @Test
    void find_afterTheApplicationRefreshedACategory_isUpdatedThen() {
        service.store(seed(), Precondition.absent());

        commands.hset("session:auth:abc", "username", "root");
        commands.expire("session:auth:abc", 3_599); // not the same millisecond as what was stored

        Session session = found(key("12345", "abc"));
        assertThat(session.state()).containsEntry("username", "root");
        assertThat(session.updateTime()).isAfter(Instant.now().minusSeconds(60));
    }

    @Test
    void find_afterACategoryHasExpired_isTheRest() {
        service.store(seed(), Precondition.absent());

        commands.pexpire("session:security:abc", 1);
        commands.del("session:security:abc");

        assertThat(found(key("12345", "abc")).state())
                .doesNotContainKey("csrf_token")
                .containsEntry("lang", "jp");
    }

    @Test
    void append_aDelta_refreshesWhatItTouchesOnly() {
        service.store(seed(), Precondition.absent());
        commands.expire("session:ui:abc", 100);
        commands.expire("session:stats:abc", 100);

        AppendOutcome outcome = service.append(key("12345", "abc"), delta(Instant.now(), Map.of("lang", "en")));

        assertThat(outcome).isEqualTo(AppendOutcome.APPENDED);
        assertThat(commands.ttl("session:ui:abc")).isGreaterThan(86_000);
        assertThat(commands.ttl("session:stats:abc")).isLessThanOrEqualTo(100);
        assertThat(found(key("12345", "abc")).state())
                .containsEntry("lang", "en")
                .containsEntry("username", "admin");
    }

    @Test
    void append_aLogin_makesItTheUsersSession() {
        service.create(
                NewSession.builder(key("", "abc")).state(Map.of("lang", "jp")).build());

        service.append(key("", "abc"), delta(Instant.now(), Map.of("user_id", 9, "logged_in", true)));

        assertThat(service.find(key("", "abc"), EventSelection.all())).isEmpty();
        assertThat(found(key("9", "abc")).state()).isEqualTo(Map.of("lang", "jp", "user_id", 9L, "logged_in", true));
        assertThat(scan(service, ScanCursor.START, 10).keys()).containsExactly(key("9", "abc"));
    }

    @Test
    void append_removals_takeKeysAway() {
        service.store(seed(), Precondition.absent());

        service.append(
                key("12345", "abc"),
                delta(
                        Instant.now(),
                        Map.of("gemini_3way_analysis", TaggedValue.REMOVED, "username", TaggedValue.REMOVED)));

        assertThat(commands.exists("session:analysis:abc")).isZero();
        assertThat(commands.hexists("session:auth:abc", "username")).isFalse();
    }

    @Test
    void create_ofAUserWhomTheStateDoesNotName_standsBesideTheVisitorsOfTheSameId() {
        Session user = service.create(
                NewSession.builder(key("7", "abc")).state(Map.of("a", 1)).build());
        Session visitor = service.create(
                NewSession.builder(key("", "abc")).state(Map.of("a", 2)).build());

        assertThat(found(user.key())).isEqualTo(user);
        assertThat(found(visitor.key())).isEqualTo(visitor);
        assertThat(commands.hgetall("session:other:abc")).isEqualTo(Map.of("a", "2"));
        assertThat(scan(service, ScanCursor.START, 1).keys()).containsExactlyInAnyOrder(user.key(), visitor.key());
        assertThat(service.delete(visitor.key(), Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
        assertThat(found(user.key()).state()).isEqualTo(Map.of("a", 1L));
        assertThat(commands.ttl("session:ferry:abc")).isPositive();
    }

    @Test
    void delete_aSession_leavesNothing() {
        service.store(seed(), Precondition.absent());

        service.delete(key("12345", "abc"), Precondition.none());

        assertThat(commands.keys("session:*")).isEmpty();
    }

    @Test
    void keysWithAPrefix_thatTheApplicationWrote_stay() {
        commands.hset("session:other:abc", Map.of("user:theme", "dark", "n", "1"));

        service.append(key("", "abc"), delta(Instant.now(), Map.of("n", 2, "user:theme", "light")));
        service.store(
                Session.builder(key("", "abc"), UPDATED).state(Map.of("n", 3)).build(), Precondition.none());

        assertThat(commands.hgetall("session:other:abc")).isEqualTo(Map.of("user:theme", "dark", "n", "3"));
    }

    @Test
    void hostileIds_standUnderNoKeyOfACategory() {
        List<String> ids = List.of("a:b", "{a}", "a b", "", "\n", "é", "x".repeat(600));

        for (String id : ids.stream().filter(id -> !id.isEmpty()).toList()) {
            service.create(
                    NewSession.builder(key("", id)).state(Map.of("id", id)).build());
            assertThat(found(key("", id)).state()).isEqualTo(Map.of("id", id));
        }

        assertThat(commands.keys("session:*")).isEmpty();
        assertThat(scan(service, ScanCursor.START, 2).keys()).hasSize(ids.size() - 1);
    }

    @Test
    void scan_overKeysThatAreNoSession_tellsEachAndGoesOn() {
        service.store(seed(), Precondition.absent());
        commands.hset("session:basket:abc", "a", "1");
        commands.hset("session:auth:a:b", "a", "1");
        commands.set("session:auth:str", "s3cr3t");
        commands.set("session:lonely", "1");
        commands.hset("session:ferry:torn", "updated", "s3cr3t");

        Scanned scanned = scan(service, ScanCursor.START, 2);

        assertThat(scanned.keys()).containsExactly(key("12345", "abc"));
        assertThat(scanned.unreadable())
                .extracting(UnreadableRecord::location)
                .containsExactlyInAnyOrder(
                        "session:basket:abc", "session:auth:a:b", "session:*:str", "session:lonely", "session:*:torn");
        assertThat(scanned.unreadable())
                .allSatisfy(record -> assertThat(record.reason()).isNotEmpty().doesNotContain("s3cr3t"));
        assertThatThrownBy(() -> service.find(key("", "str"), EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT));
    }

    @Test
    void storeAll_andFindAll_ofMany_doAsStoreAndFindDo() {
        List<Session> sessions = IntStream.range(0, 1_000)
                .mapToObj(i -> Session.builder(key("", "s" + i), UPDATED)
                        .state(Map.of("usage_count", (long) i))
                        .build())
                .toList();
        service.store(sessions.get(7), Precondition.none());

        List<StoreResult> results = service.storeAll(sessions.stream()
                .map(session -> new StoreRequest(session, Precondition.absent()))
                .toList());
        Map<SessionKey, Session> found =
                service.findAll(sessions.stream().map(Session::key).toList(), EventSelection.none());

        assertThat(results)
                .extracting(StoreResult::key)
                .isEqualTo(sessions.stream().map(Session::key).toList());
        assertThat(results.get(7).get().status()).isEqualTo(StoreOutcome.Status.CONFLICT);
        assertThat(results.stream().filter(result -> result.get().status() == StoreOutcome.Status.CREATED))
                .hasSize(999);
        assertThat(new ArrayList<>(found.values())).isEqualTo(sessions);
    }

    @Test
    void storeAll_ofNewSessions_createsEachWhole_andLeavesTheVisitorWhoHasOneOfTheIds() {
        commands.hset("session:auth:s20", "username", "theirs");
        commands.hset("session:stats:s21", "usage_count", "7");
        commands.hset("session:translation:s22", "source", "theirs");
        List<StoreRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Map<String, Object> state = new LinkedHashMap<>(seed().state());
            for (int j = 0; j < (i == 7 ? 1_500 : i % 3); j++) {
                state.put("key" + j, (long) j);
            }
            Session session = Session.builder(key("12345", "s" + i), UPDATED)
                    .state(state)
                    .createTime(UPDATED.minusSeconds(i))
                    .build();
            requests.add(new StoreRequest(session, Precondition.absent()));
        }

        List<StoreResult> results = service.storeAll(requests);

        for (int i = 0; i < 40; i++) {
            Session given = requests.get(i).session();
            assertThat(results.get(i).key()).isEqualTo(given.key());
            if (i == 20) {
                assertThat(commands.hgetall("session:auth:s20")).isEqualTo(Map.of("username", "theirs"));
            }
            assertThat(results.get(i).get().status()).isEqualTo(StoreOutcome.Status.CREATED);
            assertThat(found(given.key())).isEqualTo(given);
        }
        assertThat(commands.hgetall("session:stats:s21")).isEqualTo(Map.of("usage_count", "7"));
        assertThat(commands.hgetall("session:translation:s22")).isEqualTo(Map.of("source", "theirs"));
        assertThat(commands.exists("session:auth:s21", "session:ui:s21", "session:auth:s22"))
                .isZero();
    }

    @Test
    void storeAll_withTheServerGone_tellsSoOfEach() {
        RedisServer own = RedisServer.start();
        try (WebRedisSessionService lonely = WebRedisSessionService.builder(RedisOptions.builder(RedisAccess.uri(own))
                        .timeout(Duration.ofMillis(200))
                        .build())
                .appName("shop")
                .build()) {
            Way.WITH_OTHERS.store(
                    lonely, Session.builder(key("", "s1"), UPDATED).build());
            own.close();

            List<StoreResult> results = lonely.storeAll(Stream.of("s2", "s3")
                    .map(id -> Session.builder(key("", id), UPDATED)
                            .state(Map.of("lang", "en"))
                            .build())
                    .map(session -> new StoreRequest(session, Precondition.absent()))
                    .toList());

            assertThat(results).extracting(StoreResult::key).containsExactly(key("", "s2"), key("", "s3"));
            assertThat(results)
                    .allSatisfy(result -> assertThatThrownBy(result::get)
                            .isInstanceOfSatisfying(
                                    SessionException.class,
                                    e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE)));
        }
    }

    @Test
    void storeAll_ofNewSessions_withoutThePermissionToRestore_createsThemAllTheSame() {
        commands.aclSetuser(
                "app",
                AclSetuserArgs.Builder.on()
                        .addPassword("secret")
                        .allKeys()
                        .allCommands()
                        .removeCommand(CommandType.RESTORE));
        List<Session> sessions = IntStream.range(0, 40)
                .mapToObj(i -> Session.builder(key("12345", "s" + i), UPDATED)
                        .state(seed().state())
                        .build())
                .toList();
        RedisURI uri = RedisURI.builder(RedisAccess.uri(server))
                .withAuthentication("app", "secret")
                .build();

        try (WebRedisSessionService restricted = WebRedisSessionService.builder(
                        RedisOptions.builder(uri).build())
                .appName("shop")
                .userKey("user_id")
                .build()) {
            List<StoreResult> results = restricted.storeAll(sessions.stream()
                    .map(session -> new StoreRequest(session, Precondition.absent()))
                    .toList());

            assertThat(results)
                    .allSatisfy(result -> assertThat(result.get().status()).isEqualTo(StoreOutcome.Status.CREATED));
        }
        sessions.forEach(session -> assertThat(found(session.key())).isEqualTo(session));
    }

    @Test
    void scan_ofMoreIdsThanOnePassKeeps_isEachOnceInAnyProcess() {
        for (int i = 0; i < 300; i++) {
            service.create(NewSession.builder(key("", "s" + i))
                    .state(Map.of("lang", "jp", "usage_count", i))
                    .build());
        }
        List<SessionKey> scanned = new ArrayList<>();
        try (WebRedisSessionService first = builder().idsAPass(7).build();
                WebRedisSessionService second = builder().idsAPass(13).build()) {
            int pages = 0;
            for (ScanCursor partition : first.scanPartitions(3)) {
                Optional<ScanCursor> next = Optional.of(partition);
                while (next.isPresent()) {
                    ScanPage page = (pages++ % 3 == 0 ? second : first).scan(next.get(), 5);
                    page.sessions().forEach(session -> scanned.add(session.key()));
                    next = page.next();
                }
            }
        }

        Set<SessionKey> different = new HashSet<>(scanned);
        assertThat(scanned).hasSize(300);
        assertThat(different).hasSize(300);
    }

    @Test
    void list_ofAUser_isTheirsOnly() {
        commands.hset("session:auth:a", "user_id", "1");
        commands.hset("session:auth:b", "user_id", "2");
        service.create(NewSession.builder(key("1", "own")).build());

        List<SessionKey> listed = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            var page = service.list(SessionQuery.ofUser("shop", "1"), next.get(), 1);
            page.sessions().forEach(session -> listed.add(session.key()));
            next = page.next();
        }

        assertThat(listed).containsExactlyInAnyOrder(key("1", "a"), key("1", "own"));
    }

    @Test
    void categoriesWithoutATtl_liveForEver() {
        WebCategories categories = WebCategories.builder()
                .category(new WebCategories.Category("all", WebCategories.Form.HASH, List.of(), Optional.empty()))
                .unlisted("all")
                .build();
        try (WebRedisSessionService lasting = builder().categories(categories).build()) {
            lasting.create(
                    NewSession.builder(key("", "abc")).state(Map.of("a", 1)).build());
            Way.WITH_OTHERS.store(
                    lasting,
                    Session.builder(key("", "def"), UPDATED)
                            .state(Map.of("a", 1L))
                            .build());

            for (String id : List.of("abc", "def")) {
                assertThat(commands.ttl("session:all:" + id)).isEqualTo(-1);
                assertThat(commands.ttl("session:ferry:" + id)).isEqualTo(-1);
            }
        }
    }

    @Test
    void append_bySeveralAtOnce_losesNothing() throws InterruptedException {
        service.create(NewSession.builder(key("", "abc")).build());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "k" + i;
            threads.add(new Thread(() -> {
                for (int j = 0; j < 20; j++) {
                    service.append(key("", "abc"), delta(Instant.now(), Map.of(name + "-" + j, j)));
                }
            }));
        }

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(1).toMillis());
        }

        assertThat(found(key("", "abc")).state()).hasSize(160);
    }

    @Test
    void append_byManyAtOnce_leavesTheLatestUpdateTime() {
        service.store(seed(), Precondition.absent());
        SessionKey key = seed().key();
        int appends = 400;

        IntStream.rangeClosed(1, appends).parallel().forEach(number -> {
            var unused = service.append(key, delta(UPDATED.plusSeconds(number), Map.of("k" + number, number)));
        });

        assertThat(found(key).updateTime()).isEqualTo(UPDATED.plusSeconds(appends));
        assertThat(found(key).state()).containsKeys("k1", "k" + appends);
    }
}
