package io.github.sessionferry.cli;

import static io.github.sessionferry.cli.BadInputTest.assertOneLine;
import static io.github.sessionferry.cli.BadInputTest.assertSkips;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.Timestamp;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.VisitorsOnly;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong in a Firestore of ADK's own libraries gets a clear line and the right exit code; the rest is moved. */
@Timeout(120)
class BadFirestoreInputTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    private static FakeFirestore firestore;

    private final String project = "p" + UUID.randomUUID();
    private RawDocuments documents;

    @BeforeAll
    static void startStores() {
        firestore = FakeFirestore.start();
    }

    @AfterAll
    static void stopStores() {
        firestore.close();
    }

    @BeforeEach
    void connect() {
        documents = new RawDocuments(project, firestore.endpoint());
    }

    @AfterEach
    void disconnect() {
        documents.close();
    }

    /** The layouts of ADK's libraries, as they write them. */
    enum Owner {
        ADK_JAVA("adk-java", "adk-session/ana/sessions/", "/user-event/"),
        ADK_PYTHON("adk-python", "adk-session/shop/users/ana/sessions/", "/events/");

        private final String layout;
        private final String sessions;
        private final String events;

        Owner(String layout, String sessions, String events) {
            this.layout = layout;
            this.sessions = sessions;
            this.events = events;
        }

        String session(String id) {
            return sessions + id;
        }

        String event(String session) {
            return session(session) + events + "e1";
        }
    }

    // ---- which layout it is

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "validate", "analyze"})
    void unknownLayout_isAWrongUsage_thatNamesTheKnownOnes(String command) {
        Run run = Run.of(command, "--from", address("adk-go"), "--to", memory(), "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "--from: ", "adk-flat, adk-java, adk-python, auto");
    }

    @Test
    void twoLayoutsInOneRoot_withAuto_isAWrongUsage_thatNamesBoth() {
        put(Owner.ADK_JAVA, "java");
        put(Owner.ADK_PYTHON, "python");

        Run run = migrate(address("auto"), memory());

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "--from: ", "adk-java and adk-python", "layout=");
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void twoLayoutsInOneRoot_withOneNamed_movesItsSessions_andTellsTheOthersBeforeAndAfter(Owner owner) {
        Owner other = owner == Owner.ADK_JAVA ? Owner.ADK_PYTHON : Owner.ADK_JAVA;
        put(owner, "mine");
        put(other, "other-1");
        put(other, "other-2");

        Run analysis = Run.of("analyze", "--from", address(owner.layout), "--json");
        Run migration = migrate(address(owner.layout), memory());

        assertThat(analysis.json().get("sessions").asInt()).isEqualTo(1);
        assertThat(migration.json().get("migrated").asInt()).isEqualTo(1);
        assertThat(List.of(analysis, migration)).allSatisfy(run -> {
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.json().at("/passedOver/count").asInt()).isEqualTo(2);
            assertThat(run.json().at("/passedOver/examples")).hasSize(2).allSatisfy(example -> {
                assertThat(example.get("place").asText()).startsWith(other.session("other-"));
                assertThat(example.get("message").asText()).contains(other.layout, "layout=" + other.layout);
            });
            assertThat(run.err()).contains("2  ", "passed over");
        });
        assertThat(documents.read(other.session("other-1"))).isNotNull();
    }

    @Test
    void scanOfAStagedService_withTwoLayoutsInOneRoot_tellsTheOther(@TempDir Path folder) {
        put(Owner.ADK_PYTHON, "other");

        try (SessionService source = SessionStores.open(address("adk-java"));
                SessionService target = SessionStores.open(memory());
                StagedSessionService staged = StagedSessionService.builder(
                                source, target, new SettablePlan(RolloutPlan.everybodyIn(Stage.DUAL_WRITE)))
                        .debtFile(folder.resolve("debt"))
                        .build()) {
            ScanPage page = staged.serviceFor(null, Channel.TEXT).scan(ScanCursor.START, 10);

            assertThat(page.passedOver())
                    .extracting(UnreadableRecord::location)
                    .containsExactly(Owner.ADK_PYTHON.session("other"));
        }
    }

    @Test
    void scanOfAViewForVisitors_withTwoLayoutsInOneRoot_tellsTheOther() {
        put(Owner.ADK_PYTHON, "other");

        try (SessionService view =
                new VisitorsOnly(SessionStores.open(address("adk-java")), new ConcurrentHashMap<>())) {
            ScanPage page = view.scan(ScanCursor.START, 10);

            assertThat(page.passedOver())
                    .extracting(UnreadableRecord::location)
                    .containsExactly(Owner.ADK_PYTHON.session("other"));
        }
    }

    // ---- records that are wrong

    @ParameterizedTest
    @EnumSource(Owner.class)
    void eventWithoutATime_skipsItsSession(Owner owner) {
        put(owner, "good");
        put(owner, "bad");
        Map<String, @Nullable Object> event = event(owner);
        event.remove("timestamp");
        documents.write(owner.event("bad"), event);

        assertSkips(migrate(address(owner.layout), memory()), "CORRUPT", "bad", "timestamp");
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void sessionWithoutAnApp_isSkipped(Owner owner) {
        put(owner, "good");
        put(owner, "bad");
        Map<String, @Nullable Object> session = session(owner, "bad");
        session.remove("appName");
        documents.write(owner.session("bad"), session);

        assertSkips(migrate(address(owner.layout), memory()), "CORRUPT", owner.session("bad"), "appName");
    }

    @Test
    void stateThatIsTooDeep_isSkipped() {
        put(Owner.ADK_PYTHON, "good");
        put(Owner.ADK_PYTHON, "bad");
        Map<String, @Nullable Object> session = session(Owner.ADK_PYTHON, "bad");
        session.put("state", "{\"a\":".repeat(500) + "1" + "}".repeat(500));
        documents.write(Owner.ADK_PYTHON.session("bad"), session);

        assertSkips(migrate(address("adk-python"), memory()), "CORRUPT", Owner.ADK_PYTHON.session("bad"), "deep");
    }

    @Test
    void stateThatIsNoJson_isSkipped() {
        put(Owner.ADK_PYTHON, "good");
        put(Owner.ADK_PYTHON, "bad");
        Map<String, @Nullable Object> session = session(Owner.ADK_PYTHON, "bad");
        session.put("state", "{\"name\": ana}");
        documents.write(Owner.ADK_PYTHON.session("bad"), session);

        Run run = migrate(address("adk-python"), memory());

        assertSkips(run, "CORRUPT", Owner.ADK_PYTHON.session("bad"), "JSON");
        assertThat(run.out() + run.err()).doesNotContain("name\": ana");
    }

    // ---- what looks wrong and is not

    @ParameterizedTest
    @EnumSource(Owner.class)
    void partOfAnUnknownKind_isMovedWhole_andCounted(Owner owner) {
        put(owner, "good");
        Map<String, Object> part = Map.of("holo_data", Map.of("beam", 7L), "thought", true);
        put(owner, "bad", List.of(Map.of("text", "look"), part));
        String back = "p" + UUID.randomUUID();

        try (FakeAgentEngine engine = FakeAgentEngine.builder().start();
                RawDocuments copies = new RawDocuments(back, firestore.endpoint())) {
            String through = EmulateAgentEngineCommand.address(engine.endpoint());
            Run there = migrate(address(owner.layout), through);
            Run again = migrate(through, address(back, owner.layout));

            assertThat(there.exitCode()).as(there.err()).isZero();
            assertThat(there.json().at("/encodings/unknown part").asInt()).isEqualTo(1);
            assertThat(again.exitCode()).as(again.err()).isZero();
            assertThat(copies.read(owner.event("bad"))).isEqualTo(documents.read(owner.event("bad")));
        }
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void sessionOfAnotherAppWithTheSameId_isAnotherSession(Owner owner) {
        put(owner, "same");
        String source = memory();
        String target = address("p" + UUID.randomUUID(), owner.layout);
        Run first = migrate(address(owner.layout), source);
        Run other = Run.of("migrate", "--from", bank(owner), "--to", source, "--json");

        Run there = migrate(source, target);
        Run proof = Run.of("validate", "--from", source, "--to", target, "--json");
        Run back = Run.of("validate", "--from", address(owner.layout), "--to", target, "--json");

        assertThat(List.of(first.exitCode(), other.exitCode(), there.exitCode()))
                .as(there.err())
                .containsOnly(0);
        assertThat(there.json().get("created").asInt()).isEqualTo(2);
        assertThat(proof.json().get("matched").asInt()).as(proof.out()).isEqualTo(2);
        assertThat(back.json().get("matched").asInt()).as(back.out()).isEqualTo(1);
        assertThat(back.json().get("different").asInt()).isZero();
    }

    /** A database with a session of the same user and id, but of another application. */
    private String bank(Owner owner) {
        String other = "p" + UUID.randomUUID();
        try (RawDocuments raw = new RawDocuments(other, firestore.endpoint())) {
            Map<String, @Nullable Object> session = session(owner, "same");
            session.put("appName", "bank");
            raw.write(owner.session("same").replace("/shop/", "/bank/"), session);
        }
        return address(other, owner.layout);
    }

    // ---- what all have in common

    private void put(Owner owner, String id) {
        put(owner, id, List.of(Map.of("text", "hello")));
    }

    private void put(Owner owner, String id, List<Map<String, Object>> parts) {
        documents.write(owner.session(id), session(owner, id));
        Map<String, @Nullable Object> event = event(owner);
        Map<String, Object> content = Map.of("parts", new ArrayList<>(parts));
        if (owner == Owner.ADK_JAVA) {
            event.put("content", content);
        } else {
            event.put(
                    "event_data",
                    Map.of(
                            "id",
                            "e1",
                            "author",
                            "agent",
                            "invocation_id",
                            "i1",
                            "content",
                            content,
                            "actions",
                            Map.of("state_delta", Map.of())));
        }
        documents.write(owner.event(id), event);
    }

    private static Map<String, @Nullable Object> session(Owner owner, String id) {
        boolean isJava = owner == Owner.ADK_JAVA;
        Map<String, @Nullable Object> session = new HashMap<>();
        session.put("id", id);
        session.put("appName", "shop");
        session.put("userId", "ana");
        session.put("state", isJava ? Map.of("n", 1L) : "{\"n\":1}");
        session.put("updateTime", isJava ? TIME.toString() : timestamp());
        if (!isJava) {
            session.put("revision", 1L);
        }
        return session;
    }

    private static Map<String, @Nullable Object> event(Owner owner) {
        boolean isJava = owner == Owner.ADK_JAVA;
        Map<String, @Nullable Object> event = new HashMap<>();
        event.put("appName", "shop");
        event.put("userId", "ana");
        event.put("timestamp", isJava ? TIME.toString() : timestamp());
        if (isJava) {
            event.put("author", "agent");
        }
        event.put(isJava ? "content" : "event_data", isJava ? Map.of("parts", List.of()) : Map.of("id", "e1"));
        return event;
    }

    private static Timestamp timestamp() {
        return Timestamp.ofTimeSecondsAndNanos(TIME.getEpochSecond(), 0);
    }

    private static Run migrate(String from, String to) {
        return Run.of("migrate", "--from", from, "--to", to, "--json");
    }

    private String address(String layout) {
        return address(project, layout);
    }

    private static String address(String project, String layout) {
        return "firestore://" + project + "?layout=" + layout + "&emulator=" + firestore.endpoint();
    }

    private static String memory() {
        return "memory:" + UUID.randomUUID();
    }
}
