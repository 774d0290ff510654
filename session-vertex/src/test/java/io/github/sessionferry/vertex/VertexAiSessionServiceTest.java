package io.github.sessionferry.vertex;

import static io.github.sessionferry.vertex.EngineFixture.KEY;
import static io.github.sessionferry.vertex.EngineFixture.TIME;
import static io.github.sessionferry.vertex.EngineFixture.event;
import static io.github.sessionferry.vertex.EngineFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.aiplatform.v1.Content;
import com.google.cloud.aiplatform.v1.Part;
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
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VertexAiSessionServiceTest {

    private final EngineFixture fixture = new EngineFixture();
    private final VertexAiSessionService service = fixture.service;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void sameIdOfTwoUsersAndTwoApps_eachFindsTheirOwn() {
        SessionKey ben = new SessionKey(KEY.appName(), "ben", KEY.sessionId());
        SessionKey elsewhere = new SessionKey("shop", KEY.userId(), KEY.sessionId());
        service.store(session(KEY, 1), Precondition.absent());

        StoreOutcome stored = service.store(session(ben, 2), Precondition.absent());
        service.store(session(elsewhere, 3), Precondition.absent());

        assertThat(stored.storedId()).contains(DerivedId.of(ben));
        assertThat(fixture.found(KEY)).isEqualTo(session(KEY, 1));
        assertThat(fixture.found(ben)).isEqualTo(session(ben, 2));
        assertThat(fixture.found(elsewhere)).isEqualTo(session(elsewhere, 3));
        service.delete(KEY, Precondition.none());
        assertThat(service.find(KEY, EventSelection.all())).isEmpty();
        assertThat(fixture.found(ben)).isEqualTo(session(ben, 2));
    }

    @Test
    void create_legalId_isTheEnginesOwn() {
        fixture.create(KEY, Map.of());
        fixture.create(new SessionKey(KEY.appName(), "ana", "Order #7"), Map.of());

        assertThat(fixture.resources())
                .extracting(resource -> EngineIds.lastSegment(resource.getName()))
                .containsExactlyInAnyOrder("s1", DerivedId.of(new SessionKey(KEY.appName(), "ana", "Order #7")));
    }

    @Test
    void store_history_isReadByOtherClientsAndChangesNoState() {
        service.store(session(KEY, 2), Precondition.absent());

        assertThat(fixture.rawEvents("s1")).hasSize(2).first().satisfies(event -> {
            assertThat(event.getAuthor()).isEqualTo("user");
            assertThat(event.getContent().getParts(0).getText()).isEqualTo("line 0");
            assertThat(event.getActions().hasStateDelta()).isFalse();
        });
        assertThat(fixture.resources())
                .singleElement()
                .satisfies(resource ->
                        assertThat(StructValues.map(resource.getSessionState())).isEqualTo(Map.of("turns", 42L)));
    }

    @Test
    void store_ofANewSession_looksAtEachOfItsIdsOnceAndForWhatItCreated() {
        service.store(EngineFixture.session(KEY, 3), Precondition.absent());

        assertThat(fixture.faults().calls("GetSession"))
                .isEqualTo(EngineIds.candidates(KEY).size() + 1);
        assertThat(fixture.faults().calls("CreateSession")).isEqualTo(1);
        assertThat(fixture.faults().calls("AppendEvent")).isEqualTo(3);
        assertThat(fixture.faults().totalCalls()).isEqualTo(7);
    }

    @Test
    void append_delta_isAppliedByTheService() {
        fixture.create(KEY, Map.of());

        service.append(KEY, event(3));

        assertThat(fixture.rawEvents("s1"))
                .singleElement()
                .satisfies(
                        event -> assertThat(event.getActions().getStateDelta().getFieldsMap())
                                .containsOnlyKeys("turns", "user:last"));
        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("turns", 3L, "user:last", 3L));
        assertThat(fixture.found(KEY).updateTime())
                .isEqualTo(fixture.found(KEY).createTime().orElseThrow());
    }

    @Test
    void store_creationUnknown_staysUnknown() {
        Session session = session(KEY, 1).toBuilder().createTime(null).build();

        service.store(session, Precondition.absent());

        assertThat(fixture.found(KEY)).isEqualTo(session);
        assertThat(service.store(session, Precondition.none()).status()).isEqualTo(StoreOutcome.Status.UNCHANGED);
    }

    @Test
    void sessionOfAnotherClient_isReadWhole() {
        fixture.createByOther(
                "from-adk",
                com.google.cloud.aiplatform.v1.Session.newBuilder()
                        .setUserId("ana")
                        .setSessionState(StructValues.struct(Map.of("topic", "ferries"))));
        fixture.appendByOther(
                "from-adk",
                com.google.cloud.aiplatform.v1.SessionEvent.newBuilder()
                        .setContent(
                                Content.newBuilder().addParts(Part.newBuilder().setText("hi"))));

        Session found = fixture.found(new SessionKey("4711", "ana", "from-adk"));

        assertThat(found.state()).isEqualTo(Map.of("topic", "ferries"));
        assertThat(found.events()).singleElement().satisfies(event -> {
            assertThat(event.id()).matches("\\d+");
            assertThat(event.content()).contains(Map.of("parts", List.of(Map.of("text", "hi"))));
        });
        assertThat(found.expireTime()).isEmpty();
        assertThat(found.isComplete()).isTrue();
    }

    @Test
    void find_manyEvents_bringsAllOfThem() {
        Session session = session(KEY, 250);
        service.store(session, Precondition.absent());

        assertThat(fixture.found(KEY)).isEqualTo(session);
        assertThat(service.find(KEY, EventSelection.last(120)).orElseThrow().events())
                .isEqualTo(session.events().subList(130, 250));
        assertThat(service.find(KEY, EventSelection.since(event(149).timestamp()))
                        .orElseThrow()
                        .events())
                .isEqualTo(session.events().subList(149, 250));
    }

    @Test
    void find_eventsOfOneTime_standInTheirPlacesWhateverTheServicesOrder() {
        fixture.create(KEY, Map.of());
        for (int place : List.of(2, 0, 1)) {
            SessionEvent event = SessionEvent.builder("e" + place, "user", TIME).build();
            fixture.appendByOther("s1", NativeEvents.ofHistory(event, place, new Encodings()).toBuilder());
        }

        assertThat(fixture.found(KEY).events()).extracting(SessionEvent::id).containsExactly("e0", "e1", "e2");
        assertThat(service.find(KEY, EventSelection.last(1)).orElseThrow().events())
                .extracting(SessionEvent::id)
                .containsExactly("e2");
    }

    @Test
    void listAndScan_moreThanAPage_areComplete() {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < 230; i++) {
            SessionKey key = new SessionKey(i % 2 == 0 ? "4711" : "shop", "u" + i % 3, "S/" + i);
            fixture.create(key, Map.of());
            keys.add(key);
        }

        assertThat(scanned(1_000)).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(scanned(7)).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(listed(SessionQuery.ofApp("shop")))
                .containsExactlyInAnyOrderElementsOf(keys.stream()
                        .filter(key -> key.appName().equals("shop"))
                        .toList());
        assertThat(listed(SessionQuery.ofUser("4711", "u1")))
                .containsExactlyInAnyOrderElementsOf(keys.stream()
                        .filter(key ->
                                key.appName().equals("4711") && key.userId().equals("u1"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\" OR user_id=\"ana", "a\\", "\\\"", "ana\" AND labels.x=\"y", "*", "a\nb", "\u202e"})
    void list_hostileUser_isOnlyTheirSessions(String user) {
        SessionKey hostile = new SessionKey(KEY.appName(), user, "s2");
        fixture.create(KEY, Map.of());
        fixture.create(hostile, Map.of("user:name", "Eve"));

        assertThat(listed(SessionQuery.ofUser(KEY.appName(), user))).containsExactly(hostile);
        assertThat(service.findSharedState(hostile.userScope())).containsOnlyKeys("name");
        assertThat(service.findSharedState(KEY.userScope())).isEmpty();
    }

    @Test
    void scan_sessionThatCannotBeUnderstood_isToldAndTheScanGoesOn() {
        fixture.create(KEY, Map.of());
        fixture.createByOther(
                "broken",
                com.google.cloud.aiplatform.v1.Session.newBuilder()
                        .setUserId("ana")
                        .putLabels("sf-updated", "yesterday"));

        ScanPage page = service.scan(ScanCursor.START, 10);

        assertThat(page.sessions()).extracting(SessionSummary::key).containsExactly(KEY);
        assertThat(page.unreadable()).singleElement().satisfies(record -> {
            assertThat(record.location()).endsWith("/sessions/broken");
            assertThat(record.reason()).contains("sf-updated").doesNotContain("yesterday");
        });
    }

    @Test
    void userWithoutAnId_isRefusedBeforeAnythingIsDone() {
        SessionKey visitor = new SessionKey("4711", "", "s1");

        for (Runnable change : List.<Runnable>of(
                () -> fixture.create(visitor, Map.of()),
                () -> service.store(session(visitor, 1), Precondition.none()))) {
            assertThatThrownBy(change::run)
                    .isInstanceOfSatisfying(
                            SessionException.class,
                            e -> assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION))
                    .hasMessageContaining("needs a user id");
        }
        assertThat(service.find(visitor, EventSelection.all())).isEmpty();
        assertThat(fixture.faults().totalCalls()).isZero();
    }

    @Test
    void missingEngine_isToldAsSuch() {
        try (FakeAgentEngine engine = FakeAgentEngine.builder()
                        .onlyEngines("projects/ferry/locations/europe-west1/reasoningEngines/1")
                        .start();
                VertexAiSessionService missing = Engines.connect(engine).build()) {
            NewSession request = NewSession.builder(KEY).build();

            for (Runnable call :
                    List.<Runnable>of(() -> missing.create(request), () -> missing.scan(ScanCursor.START, 1))) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                SessionException.class,
                                e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND));
            }
        }
    }

    @Test
    void expirySoonerThanTheServiceAllows_isKeptForUs() {
        Instant soon = Instant.now().plus(Duration.ofHours(1)).truncatedTo(java.time.temporal.ChronoUnit.MICROS);
        service.create(NewSession.builder(KEY).expireTime(soon).build());

        assertThat(fixture.found(KEY).expireTime()).contains(soon);
        assertThat(fixture.resources())
                .singleElement()
                .satisfies(resource -> assertThat(Times.instant(resource.getExpireTime()))
                        .isAfter(Instant.now().plus(Duration.ofHours(24))));
    }

    @Test
    void expiredForUsButNotForTheService_isAbsentAndMayBeCreatedAnew() {
        Session expired = session(KEY, 2).toBuilder().expireTime(TIME).build();
        service.store(expired, Precondition.none());

        assertThat(service.find(KEY, EventSelection.all())).isEmpty();
        assertThat(scanned(10)).isEmpty();

        fixture.create(KEY, Map.of("turns", 1L));

        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("turns", 1L));
        assertThat(fixture.found(KEY).events()).isEmpty();
    }

    @Test
    void store_sessionOfOthers_keepsTheirLabelsAndGetsOurs() {
        fixture.createByOther(
                "s1",
                com.google.cloud.aiplatform.v1.Session.newBuilder()
                        .setUserId("ana")
                        .putLabels("team", "blue"));

        service.store(session(KEY, 1), Precondition.none());

        assertThat(fixture.found(KEY)).isEqualTo(session(KEY, 1));
        assertThat(fixture.resources())
                .singleElement()
                .satisfies(resource -> assertThat(resource.getLabelsMap()).containsEntry("team", "blue"));
    }

    @Test
    void storeSharedState_leavesNoSessionBehind_andTouchesNone() {
        fixture.create(KEY, Map.of("app:motd", "hello"));
        Session before = fixture.found(KEY);

        var outcome = service.storeSharedState(
                KEY.appScope(),
                Map.of(
                        "motd", SharedValue.of("hello", null),
                        "new", SharedValue.of(1.0, TIME)));

        assertThat(outcome.written()).containsExactly("new");
        assertThat(outcome.unchanged()).containsExactly("motd");
        assertThat(fixture.resources()).hasSize(1);
        assertThat(fixture.found(KEY).revision()).isEqualTo(before.revision());
        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("app:motd", "hello", "app:new", 1.0));
    }

    @Test
    void storeSharedState_nothingToWrite_writesNothing() {
        fixture.create(KEY, Map.of("user:name", "Ada"));
        fixture.faults().resetCalls();

        var outcome = service.storeSharedState(KEY.userScope(), Map.of("name", SharedValue.of("Bob", TIME)));

        assertThat(outcome.kept()).containsExactly("name");
        assertThat(fixture.faults().totalCalls()).isEqualTo(1);
    }

    @Test
    void storeSharedState_withoutAnySession_isFoundAndTheScratchSessionHidden() {
        service.storeSharedState(KEY.userScope(), Map.of("name", SharedValue.of("Ada", TIME)));
        service.storeSharedState(KEY.appScope(), Map.of("motd", SharedValue.of("hello", TIME)));

        assertThat(service.findSharedState(KEY.userScope())).containsOnlyKeys("name");
        assertThat(service.findSharedState(KEY.appScope())).containsOnlyKeys("motd");
        assertThat(scanned(10)).isEmpty();
        assertThat(service.list(SessionQuery.ofUser(KEY.appName(), KEY.userId()), ScanCursor.START, 10)
                        .sessions())
                .isEmpty();
        assertThat(service.scanSharedScopes(ScanCursor.START, 100).scopes())
                .containsExactlyInAnyOrder(KEY.appScope(), KEY.userScope());
    }

    @Test
    void removedKey_isAbsentForUs() {
        fixture.create(KEY, Map.of("gone", 1L, "user:gone", 1L, "here", 1L));

        service.append(
                KEY,
                event(1).toBuilder()
                        .stateDelta(Map.of("gone", TaggedValue.REMOVED, "user:gone", TaggedValue.REMOVED))
                        .build());

        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("here", 1L));
        assertThat(service.findSharedState(KEY.userScope())).isEmpty();
    }

    @Test
    void provider_opensByAddress() {
        String address = "agentengine://" + Engines.ENGINE + "?plaintext=true&timeout=5s&app=shop&endpoint="
                + fixture.engine.endpoint();
        SessionKey key = new SessionKey("shop", "ana", "s1");

        try (SessionService opened = SessionStores.open(address)) {
            fixture.createByOther(
                    "s1", com.google.cloud.aiplatform.v1.Session.newBuilder().setUserId("ana"));

            assertThat(opened.name()).isEqualTo("agentengine:" + Engines.ENGINE);
            assertThat(opened.find(key, EventSelection.none())).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agentengine://projects/p",
                "agentengine:",
                "agentengine://projects/p/locations/l/reasoningEngines/e/sessions/s",
                "agentengine://projects/p/locations/l/reasoningEngines/e?port=1",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=maybe",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app.=2",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app.shop=",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app.shop=2/3",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app.shop=2&app.shop=3",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app=shop&app.shop=2",
                "agentengine://projects/p/locations/l/reasoningEngines/e?plaintext=true&app.e=2"
            })
    void provider_wrongAddress_isRefused(String address) {
        assertThatThrownBy(() -> SessionStores.open(address)).isInstanceOf(IllegalArgumentException.class);
    }

    private List<SessionKey> scanned(int limit) {
        return paged(cursor -> {
            ScanPage page = service.scan(cursor, limit);
            return Map.entry(page.sessions(), page.next());
        });
    }

    private List<SessionKey> listed(SessionQuery query) {
        return paged(cursor -> {
            var page = service.list(query, cursor, 50);
            return Map.entry(page.sessions(), page.next());
        });
    }

    private static List<SessionKey> paged(
            Function<ScanCursor, Map.Entry<List<SessionSummary>, Optional<ScanCursor>>> page) {
        List<SessionKey> keys = new ArrayList<>();
        for (Optional<ScanCursor> next = Optional.of(ScanCursor.START); next.isPresent(); ) {
            var answer = page.apply(next.get());
            answer.getKey().forEach(summary -> keys.add(summary.key()));
            next = answer.getValue();
        }
        return keys;
    }
}
