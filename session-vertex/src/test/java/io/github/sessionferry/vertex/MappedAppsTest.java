package io.github.sessionferry.vertex;

import static io.github.sessionferry.vertex.EngineFixture.event;
import static io.github.sessionferry.vertex.EngineFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Applications with reasoning engines of their own; the application {@code shop} is in another engine than the rest. */
class MappedAppsTest {

    private static final String SHOP_ENGINE = "projects/ferry/locations/europe-west1/reasoningEngines/2";
    private static final String DESK_ENGINE = "projects/ferry/locations/us-central1/reasoningEngines/3";
    private static final SessionKey SHOP = new SessionKey("shop", "ana", "s1");
    private static final SessionKey DESK = new SessionKey("desk", "ana", "s1");
    private static final SessionKey OTHER = new SessionKey("cinema", "ana", "s1");

    private final EngineFixture fixture = new EngineFixture();
    private final FakeAgentEngine fake = fixture.engine;
    private final VertexAiSessionService service =
            connect().mapApp("shop", "2").mapApp("desk", DESK_ENGINE).build();

    private VertexAiSessionService.Builder connect() {
        return Engines.connect(fake);
    }

    @AfterEach
    void close() {
        service.close();
        fixture.close();
    }

    @Test
    void everyOperation_goesToTheEngineOfTheApplication() {
        for (SessionKey key : List.of(SHOP, DESK, OTHER)) {
            service.store(session(key, 2), Precondition.absent());
            service.append(key, event(2));
        }

        assertThat(fake.sessionCount(SHOP_ENGINE)).isEqualTo(1);
        assertThat(fake.sessionCount(DESK_ENGINE)).isEqualTo(1);
        assertThat(fake.sessionCount(Engines.ENGINE)).isEqualTo(1);
        for (SessionKey key : List.of(SHOP, DESK, OTHER)) {
            assertThat(found(service, key).events()).hasSize(3);
            assertThat(listed(SessionQuery.ofApp(key.appName()))).containsExactly(key);
            assertThat(listed(SessionQuery.ofUser(key.appName(), "ana"))).containsExactly(key);
        }
        assertThat(service.delete(SHOP, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
        assertThat(fake.sessionCount(SHOP_ENGINE)).isZero();
        assertThat(service.find(SHOP, EventSelection.all())).isEmpty();
        assertThat(found(service, DESK).events()).hasSize(3);
        assertThat(found(service, OTHER).events()).hasSize(3);
    }

    @Test
    void sharedState_ofApplicationsInDifferentEngines_isApart() {
        for (SessionKey key : List.of(SHOP, DESK, OTHER)) {
            service.store(session(key, 0), Precondition.absent());
            service.storeSharedState(key.appScope(), Map.of("motd", SharedValue.of("of " + key.appName(), null)));
            service.storeSharedState(key.userScope(), Map.of("theme", SharedValue.of("of " + key.appName(), null)));
        }

        for (SessionKey key : List.of(SHOP, DESK, OTHER)) {
            assertThat(found(service, key).state())
                    .containsEntry("app:motd", "of " + key.appName())
                    .containsEntry("user:theme", "of " + key.appName());
            assertThat(service.findSharedState(key.userScope()))
                    .hasEntrySatisfying(
                            "theme", value -> assertThat(value.value()).isEqualTo("of " + key.appName()));
        }
        assertThat(sharedScopes())
                .contains(SHOP.appScope(), DESK.appScope(), OTHER.appScope())
                .contains(SHOP.userScope(), DESK.userScope(), OTHER.userScope());
    }

    @Test
    void sameUserAndId_inTwoApplicationsOfOneEngine_doNotMix() {
        try (VertexAiSessionService both =
                connect().mapApp("shop", "2").mapApp("desk", "2").build()) {
            both.store(session(SHOP, 1), Precondition.absent());
            both.store(session(DESK, 2), Precondition.absent());

            assertThat(found(both, SHOP)).isEqualTo(session(SHOP, 1));
            assertThat(found(both, DESK)).isEqualTo(session(DESK, 2));
            assertThat(fake.sessionCount(SHOP_ENGINE)).isEqualTo(2);
            assertThat(both.list(SessionQuery.ofApp("desk"), ScanCursor.START, 10)
                            .sessions())
                    .extracting(SessionSummary::key)
                    .containsExactly(DESK);
            both.delete(DESK, Precondition.none());
            assertThat(found(both, SHOP)).isEqualTo(session(SHOP, 1));
        }
    }

    @Test
    void application_isNotLostWhereItsEngineIsOpenedAlone() {
        service.store(session(SHOP, 1), Precondition.absent());

        try (VertexAiSessionService alone = engine(SHOP_ENGINE).build();
                VertexAiSessionService asOther =
                        engine(SHOP_ENGINE).defaultApp("desk").build()) {
            assertThat(found(alone, SHOP)).isEqualTo(session(SHOP, 1));
            assertThat(found(asOther, SHOP)).isEqualTo(session(SHOP, 1));
        }
    }

    @Test
    void sessionOfAnotherClient_isOfTheOnlyApplicationInItsEngine() {
        createByOther(SHOP_ENGINE);
        createByOther(Engines.ENGINE);

        assertThat(found(service, new SessionKey("shop", "ana", "from-adk")).events())
                .isEmpty();
        assertThat(scanned(service, ScanCursor.START, 10))
                .containsExactlyInAnyOrder(
                        new SessionKey("shop", "ana", "from-adk"), new SessionKey("4711", "ana", "from-adk"));
    }

    @Test
    void sessionOfAnotherClient_inAnEngineOfTwoApplications_isOfTheEnginesId() {
        createByOther(SHOP_ENGINE);
        try (VertexAiSessionService both =
                connect().mapApp("shop", "2").mapApp("desk", "2").build()) {
            SessionKey key = new SessionKey("2", "ana", "from-adk");

            assertThat(scanned(both, ScanCursor.START, 10)).containsExactly(key);
            assertThat(found(both, key).events()).isEmpty();
        }
    }

    @Test
    void scan_ofAllEngines_isComplete_andGoesOnInAnotherService() {
        Set<SessionKey> keys = fill(40);

        List<SessionKey> scanned = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            // As a later process would: the token is all that is left.
            try (VertexAiSessionService another =
                    connect().mapApp("desk", DESK_ENGINE).mapApp("shop", "2").build()) {
                ScanPage page = another.scan(new ScanCursor(next.get().token()), 7);
                page.sessions().forEach(session -> scanned.add(session.key()));
                next = page.next();
            }
        }

        assertThat(scanned).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void scanPartitions_areOneForEachEngine_ifThereMayBeSoMany() {
        Set<SessionKey> keys = fill(12);

        List<ScanCursor> partitions = service.scanPartitions(3);

        assertThat(partitions).hasSize(3);
        assertThat(partitions.stream().map(partition -> scanned(service, partition, 5)))
                .allSatisfy(part -> assertThat(part).hasSize(4))
                .flatMap(part -> part)
                .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(service.scanPartitions(2)).containsExactly(ScanCursor.START);
    }

    @Test
    void scan_fromTheCursorOfOtherEngines_isRefused() {
        fill(12);
        ScanCursor cursor = service.scan(ScanCursor.START, 2).next().orElseThrow();

        for (ScanCursor wrong : List.of(cursor, new ScanCursor("page"), new ScanCursor(" page"))) {
            assertThatThrownBy(() -> fixture.service.scan(wrong, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not given by a store of these engines");
        }
    }

    @Test
    void sessionOfAnApplicationThatIsLookedForElsewhere_isTold() {
        fixture.service.store(session(SHOP, 1), Precondition.absent());
        // Of a user without sessions, so that what shows the state is left there.
        fixture.service.storeSharedState(
                SharedScope.user("shop", "cleo"), Map.of("theme", SharedValue.of("dark", null)));

        ScanPage page = service.scan(ScanCursor.START, 10);

        assertThat(fake.sessionCount(Engines.ENGINE)).isEqualTo(2);
        assertThat(page.sessions()).isEmpty();
        assertThat(page.unreadable()).singleElement().satisfies(record -> {
            assertThat(record.location()).endsWith("/reasoningEngines/4711/sessions/s1");
            assertThat(record.reason()).contains(SHOP_ENGINE).contains("move it there");
        });
        assertThat(service.find(SHOP, EventSelection.all())).isEmpty();
    }

    @Test
    void scan_fromTheStart_tellsOfAMissingEngineAtOnce() {
        try (FakeAgentEngine some = FakeAgentEngine.builder()
                        .onlyEngines(Engines.ENGINE, SHOP_ENGINE)
                        .start();
                VertexAiSessionService missing =
                        Engines.connect(some).mapApp("desk", "404").build()) {
            missing.store(session(OTHER, 1), Precondition.absent());

            assertThatThrownBy(() -> missing.scan(ScanCursor.START, 1))
                    .isInstanceOfSatisfying(
                            SessionException.class,
                            e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND))
                    .hasMessageContaining("reasoningEngines/404");
        }
    }

    @Test
    void bulkWork_countsTheCallsOfAllEnginesTogether() {
        try (VertexAiSessionService limited = connect()
                .mapApp("shop", "2")
                .quotas(new AgentEngineQuotas(60_000, 60_000, 60_000))
                .build()) {
            SessionService bulk = limited.forBulkWork(0.3);

            bulk.store(session(SHOP, 2), Precondition.absent());
            bulk.store(session(OTHER, 3), Precondition.absent());

            assertThat(bulk.quotas()).extracting(CallQuota::made).startsWith(2L, 5L);
            assertThat(limited.quotas()).isEmpty();
            bulk.close();
            assertThat(found(limited, SHOP)).isEqualTo(session(SHOP, 2));
        }
    }

    @Test
    void name_tellsTheMap_whateverItsOrder() {
        try (VertexAiSessionService turned =
                connect().mapApp("desk", DESK_ENGINE).mapApp("shop", "2").build()) {
            assertThat(turned.name())
                    .isEqualTo("agentengine:" + Engines.ENGINE + "?app.desk=" + DESK_ENGINE + "&app.shop=2")
                    .isEqualTo(service.name());
        }
    }

    @Test
    void provider_opensByAddress() {
        String address = "agentengine://" + Engines.ENGINE + "?plaintext=true&endpoint=" + fake.endpoint()
                + "&app.a%20%26%20b=2&app.desk=" + DESK_ENGINE;
        SessionKey key = new SessionKey("a & b", "ana", "s1");

        try (SessionService opened = SessionStores.open(address)) {
            opened.store(session(key, 1), Precondition.absent());
            opened.store(session(DESK, 1), Precondition.absent());

            assertThat(opened.name()).endsWith("?app.a%20%26%20b=2&app.desk=" + DESK_ENGINE);
            assertThat(opened.find(key, EventSelection.all())).contains(session(key, 1));
        }
        assertThat(fake.sessionCount(SHOP_ENGINE)).isEqualTo(1);
        assertThat(fake.sessionCount(DESK_ENGINE)).isEqualTo(1);
    }

    @Test
    void mapApp_twice_orToNoEngine_isRefused() {
        VertexAiSessionService.Builder builder = connect().mapApp("shop", "2");

        assertThatThrownBy(() -> builder.mapApp("shop", "3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the application 'shop' is mapped twice");
        assertThatThrownBy(() -> builder.mapApp("desk", "2/3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'2/3' names no reasoning engine");
        assertThatThrownBy(() -> builder.mapApp("", "2")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void build_withTheApplicationOfAnEnginesOwnSessionsElsewhere_isRefused() {
        for (VertexAiSessionService.Builder builder : List.of(
                connect().mapApp("4711", "2"),
                connect().defaultApp("shop").mapApp("shop", "2"),
                connect().mapApp("shop", "2").mapApp("desk", "2").mapApp("2", "3"))) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("of which no application is noted");
        }
    }

    private VertexAiSessionService.Builder engine(String name) {
        return VertexAiSessionService.builder(name).endpoint(fake.endpoint()).plaintext(true);
    }

    private void createByOther(String engine) {
        fixture.createByOther(
                engine,
                "from-adk",
                com.google.cloud.aiplatform.v1.Session.newBuilder().setUserId("ana"));
    }

    /** So many sessions, in three engines alike. */
    private Set<SessionKey> fill(int sessions) {
        Set<SessionKey> keys = new LinkedHashSet<>();
        for (int i = 0; i < sessions; i++) {
            String app = List.of("shop", "desk", "cinema").get(i % 3);
            SessionKey key = new SessionKey(app, "ana", "s" + i / 3);
            service.store(session(key, 0), Precondition.absent());
            keys.add(key);
        }
        return keys;
    }

    private static Session found(SessionService service, SessionKey key) {
        return service.find(key, EventSelection.all()).orElseThrow();
    }

    private List<SessionKey> listed(SessionQuery query) {
        return service.list(query, ScanCursor.START, 10).sessions().stream()
                .map(SessionSummary::key)
                .toList();
    }

    private static List<SessionKey> scanned(SessionService service, ScanCursor from, int limit) {
        List<SessionKey> keys = new ArrayList<>();
        for (Optional<ScanCursor> next = Optional.of(from); next.isPresent(); ) {
            ScanPage page = service.scan(next.get(), limit);
            page.sessions().forEach(session -> keys.add(session.key()));
            next = page.next();
        }
        return keys;
    }

    private Set<SharedScope> sharedScopes() {
        Set<SharedScope> scopes = new LinkedHashSet<>();
        for (Optional<ScanCursor> next = Optional.of(ScanCursor.START); next.isPresent(); ) {
            SharedScopePage page = service.scanSharedScopes(next.get(), 2);
            scopes.addAll(page.scopes());
            next = page.next();
        }
        return scopes;
    }
}
