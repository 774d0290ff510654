package io.github.sessionferry.firestore;

import static io.github.sessionferry.firestore.RawDocuments.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.cloud.firestore.GeoPoint;
import io.github.sessionferry.core.Bytes;
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
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.UnreadableRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents as ADK for Python writes and reads them. */
abstract class AdkPythonBehaviour {

    private static final SessionKey KEY = new SessionKey("shop", "ada", "s1");
    private static final String SESSION = "adk-session/shop/users/ada/sessions/s1";
    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00.123456Z");
    private static final double SECONDS = 1767607200.123456;

    private RawDocuments raw;
    private FirestoreSessionService service;
    private final List<AutoCloseable> opened = new ArrayList<>();

    abstract String endpoint();

    @BeforeEach
    void open() {
        String project = newProject();
        raw = raw(project);
        service = service(project, FirestoreLayout.adkPython());
    }

    private static String newProject() {
        return "adk-python-" + UUID.randomUUID();
    }

    private RawDocuments raw(String project) {
        RawDocuments documents = new RawDocuments(TestStores.options(endpoint(), project));
        opened.add(documents);
        return documents;
    }

    private FirestoreSessionService service(String project, FirestoreLayout layout) {
        FirestoreSessionService store = TestStores.open(endpoint(), project, Clock.systemUTC(), layout);
        opened.add(store);
        return store;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable store : opened) {
            store.close();
        }
    }

    @Test
    void find_stateAsJsonText_isRead() {
        raw.write(SESSION, session("{\"topic\": \"ferries\", \"n\": 1, \"x\": 1.0, \"deep\": {\"a\": [[1], null]}}"));
        raw.write("app_states/shop", Map.of("motd", "hello"));
        raw.write("user_states/shop/users/ada", Map.of("theme", "dark"));

        Session found = found(service);

        assertThat(found.state())
                .containsOnlyKeys("topic", "n", "x", "deep", "app:motd", "user:theme")
                .contains(entry("n", 1L), entry("x", 1.0), entry("app:motd", "hello"), entry("user:theme", "dark"));
        assertThat(found.createTime()).contains(NOW.minusSeconds(60));
        assertThat(found.updateTime()).isEqualTo(NOW);
        assertThat(found.fields()).isEqualTo(Map.of("revision", 2L));
    }

    @Test
    void find_wholeEvent_isRead() {
        raw.write(SESSION, session("{}"));
        raw.write(SESSION + "/events/e1", event("e1", SECONDS));

        SessionEvent found = found(service).events().get(0);

        assertThat(found.id()).isEqualTo("e1");
        assertThat(found.invocationId()).isEqualTo("i1");
        assertThat(found.author()).isEqualTo("agent");
        assertThat(found.timestamp()).isEqualTo(NOW);
        assertThat(found.stateDelta()).isEqualTo(Map.of("topic", "ferries"));
        assertThat(found.actions()).isEqualTo(Map.of("artifact_delta", Map.of("a.png", 1L)));
        assertThat(found.fields())
                .isEqualTo(Map.of("partial", false, "usage_metadata", Map.of("total_token_count", 7L)));
        assertThat(found.content().orElseThrow())
                .isEqualTo(Map.of(
                        "role",
                        "model",
                        "parts",
                        List.of(
                                Map.of("text", "hi", "thought_signature", Bytes.copyOf(new byte[] {-1, -2, -3})),
                                Map.of(
                                        "inline_data",
                                        Map.of("mime_type", "image/png", "data", Bytes.copyOf(new byte[] {1, 2}))),
                                Map.of(
                                        "function_call",
                                        Map.of("id", "c1", "name", "look", "args", Map.of("data", "AQI="))))));
    }

    @Test
    void find_timesAsText_areRead() {
        raw.write(SESSION, session("{}"));
        raw.write(SESSION + "/events/e1", event("e1", "2026-01-05T10:00:00.123456+00:00"));
        raw.write(SESSION + "/events/e2", event("e2", "2026-01-05T10:00:01.123456"));
        raw.write(SESSION + "/events/e3", event("e3", "1767607202.123456"));

        assertThat(found(service).events())
                .extracting(SessionEvent::timestamp)
                .containsExactly(NOW, NOW.plusSeconds(1), NOW.plusSeconds(2));
    }

    @Test
    void find_eventWithoutAnyTime_isCorruptNotMissing() {
        raw.write(SESSION, session("{}"));
        raw.write(SESSION + "/events/e1", Map.of("event_data", Map.of("id", "e1", "author", "user")));

        assertCorrupt(KEY);
    }

    @Test
    void create_writesExactlyTheLayout() {
        Session created = service.create(NewSession.builder(KEY)
                .state(Map.of("topic", "ferries", "user:name", "Ada", "app:motd", "hello", "temp:draft", true))
                .build());

        assertThat(raw.data(SESSION))
                .isEqualTo(Map.of(
                        "id",
                        "s1",
                        "appName",
                        "shop",
                        "userId",
                        "ada",
                        "state",
                        "{\"topic\":\"ferries\"}",
                        "createTime",
                        timestamp(created.createTime().orElseThrow()),
                        "updateTime",
                        timestamp(created.updateTime()),
                        "revision",
                        0L));
        assertThat(raw.data("user_states/shop/users/ada")).isEqualTo(Map.of("name", "Ada"));
        assertThat(raw.data("app_states/shop")).isEqualTo(Map.of("motd", "hello"));
    }

    @Test
    void append_writesAdksEventAndCountsItsRevision() {
        raw.write(SESSION, session("{\"topic\": \"ferries\"}"));
        raw.write(SESSION + "/events/e1", event("e1", SECONDS));
        SessionEvent event = found(service).events().get(0);

        service.append(KEY, copy(event, "e2", NOW.plusSeconds(1)));

        Map<String, Object> written = event("e2", SECONDS + 1);
        written.put("timestamp", timestamp(NOW.plusSeconds(1)));
        assertThat(raw.data(SESSION + "/events/e2")).isEqualTo(written);
        assertThat(raw.data(SESSION))
                .contains(
                        entry("revision", 3L),
                        entry("state", "{\"topic\": \"ferries\"}"),
                        entry("updateTime", timestamp(NOW.plusSeconds(1))));
        assertThat(found(service).fields()).isEqualTo(Map.of("revision", 2L));
    }

    @Test
    void append_toAStateThatIsAMap_keepsTheForm() {
        Map<String, Object> document = session(Map.of("topic", "ferries", "place", new GeoPoint(1, 2)));
        raw.write(SESSION, document);

        service.append(
                KEY,
                SessionEvent.builder("e1", "user", NOW)
                        .stateDelta(Map.of("topic", "trains"))
                        .build());

        assertThat(raw.data(SESSION).get("state")).isEqualTo(Map.of("topic", "trains", "place", new GeoPoint(1, 2)));
    }

    @Test
    void append_whatAdkHasNoFieldFor_standsBesideItsEvent() {
        raw.write(SESSION, session("{}"));
        SessionEvent event = SessionEvent.builder("e1", "user", NOW)
                .actions(Map.of("escalate", true, "custom", 1L))
                .fields(Map.of("branch", "a.b", "custom", 2L))
                .build();

        service.append(KEY, event);

        Map<?, ?> data = (Map<?, ?>) raw.data(SESSION + "/events/e1").get("event_data");
        assertThat(data)
                .isEqualTo(Map.of(
                        "id",
                        "e1",
                        "invocation_id",
                        "",
                        "author",
                        "user",
                        "timestamp",
                        SECONDS,
                        "branch",
                        "a.b",
                        "actions",
                        Map.of("escalate", true, "state_delta", Map.of())));
        assertThat(found(service).events()).containsExactly(event);
    }

    @Test
    void store_whatWasReadElsewhere_isTheSameDocuments() {
        Map<String, Object> map = session(Map.of("topic", "ferries", "at", timestamp(NOW)));
        map.put("status", "ACTIVE");
        map.put("tenant", Map.of("id", 7L));
        raw.write(SESSION, map);
        raw.write(SESSION.replace("s1", "s2"), session("{\"a\":1}", "s2"));
        Map<String, Object> odd = event("e2", "2026-01-05T10:00:01.5Z");
        odd.put("tenant", "t");
        odd.put("timestamp", timestamp(NOW.plusSeconds(99)));
        data(odd).put("from_the_future", List.of(1L));
        data(odd).remove("actions");
        raw.write(SESSION + "/events/e1", event("e1", SECONDS));
        raw.write(SESSION + "/events/e2", odd);
        String project = newProject();
        FirestoreSessionService target = service(project, FirestoreLayout.adkPython());

        copyAll(service, target);

        assertThat(raw(project).below("adk-session"))
                .isEqualTo(raw.below("adk-session"))
                .hasSize(4);
        assertThat(found(target)).isEqualTo(found(service));
    }

    @Test
    void sessionThatItsOwnerDeletes_isAbsent() {
        Map<String, Object> document = session("{}");
        document.put("status", "DELETING");
        raw.write(SESSION, document);
        raw.write(SESSION + "/events/e1", event("e1", SECONDS));

        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
        assertThat(service.scan(ScanCursor.START, 10).sessions()).isEmpty();
        service.create(NewSession.builder(KEY).build());

        assertThat(found(service).events()).isEmpty();
    }

    @Test
    void scan_otherDepthsAndCollections_areNotMet() {
        raw.write(SESSION, session("{}"));
        raw.write("adk-session/ada/sessions/java", session("{}", "java"));
        raw.write("sessions/flat", session("{}", "flat"));
        raw.write("adk-sessions/shop/users/ada/sessions/more", session("{}", "more"));
        raw.write("adk-sessio/shop/users/ada/sessions/less", session("{}", "less"));

        assertThat(keys(service.scan(ScanCursor.START, 10))).containsExactly(KEY);
        assertThat(service.list(SessionQuery.ofApp("shop"), ScanCursor.START, 10)
                        .sessions())
                .extracting(SessionSummary::key)
                .containsExactly(KEY);
    }

    @Test
    void scan_malformedDocuments_areToldAndTheRestIsScanned() {
        raw.write(SESSION, session("{}"));
        raw.write(SESSION.replace("s1", "b1"), session("no JSON", "b1"));
        raw.write(SESSION.replace("s1", "b2"), session("[]", "b2"));
        raw.write(SESSION.replace("s1", "b3"), session("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}", "b3"));
        raw.write(SESSION.replace("s1", "b4"), session("{\"a\":" + "[".repeat(900) + "]".repeat(900) + "}", "b4"));
        Map<String, Object> noTime = session("{}", "b5");
        noTime.remove("updateTime");
        raw.write(SESSION.replace("s1", "b5"), noTime);

        ScanPage page = service.scan(ScanCursor.START, 10);

        assertThat(keys(page)).containsExactly(KEY);
        assertThat(page.unreadable())
                .extracting(UnreadableRecord::location)
                .containsExactly(
                        SESSION.replace("s1", "b1"),
                        SESSION.replace("s1", "b2"),
                        SESSION.replace("s1", "b3"),
                        SESSION.replace("s1", "b4"),
                        SESSION.replace("s1", "b5"));
        for (String id : List.of("b1", "b2", "b3", "b4", "b5")) {
            assertCorrupt(new SessionKey("shop", "ada", id));
        }
    }

    @Test
    void otherCollections_areThoseThatAreUsed() {
        String project = newProject();
        FirestoreLayout layout = FirestoreLayout.adkPython()
                .withRoot("v10")
                .withEvents("turns")
                .withAppState("of_apps")
                .withUserState("of_users");
        FirestoreSessionService store = service(project, layout);

        store.create(NewSession.builder(KEY)
                .state(Map.of("user:name", "Ada", "app:motd", "hello"))
                .build());
        store.append(KEY, SessionEvent.builder("e1", "user", NOW).build());

        RawDocuments documents = raw(project);
        assertThat(documents.below("v10"))
                .containsOnlyKeys("v10/shop/users/ada/sessions/s1", "v10/shop/users/ada/sessions/s1/turns/e1");
        assertThat(documents.below("of_apps")).containsOnlyKeys("of_apps/shop");
        assertThat(documents.below("of_users")).containsOnlyKeys("of_users/shop/users/ada");
        assertThat(keys(store.scan(ScanCursor.START, 10))).containsExactly(KEY);
        assertThat(store.scanSharedScopes(ScanCursor.START, 10).scopes()).containsExactly(KEY.appScope());
    }

    private static void copyAll(FirestoreSessionService from, FirestoreSessionService to) {
        for (SessionKey key : keys(from.scan(ScanCursor.START, 100))) {
            to.store(from.find(key, EventSelection.all()).orElseThrow(), Precondition.absent());
        }
    }

    private static SessionEvent copy(SessionEvent event, String id, Instant time) {
        return SessionEvent.builder(id, event.author(), time)
                .invocationId(event.invocationId())
                .content(event.content().orElseThrow())
                .stateDelta(event.stateDelta())
                .actions(event.actions())
                .fields(event.fields())
                .build();
    }

    private static List<SessionKey> keys(ScanPage page) {
        return page.sessions().stream().map(SessionSummary::key).toList();
    }

    private static Session found(FirestoreSessionService store) {
        return store.find(KEY, EventSelection.all()).orElseThrow();
    }

    private void assertCorrupt(SessionKey key) {
        assertThatThrownBy(() -> service.find(key, EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT));
    }

    private static Map<String, Object> session(Object state) {
        return session(state, "s1");
    }

    private static Map<String, Object> session(Object state, String id) {
        return new HashMap<>(Map.of(
                "id",
                id,
                "appName",
                "shop",
                "userId",
                "ada",
                "state",
                state,
                "createTime",
                timestamp(NOW.minusSeconds(60)),
                "updateTime",
                timestamp(NOW),
                "revision",
                2L));
    }

    private static Map<String, Object> event(String id, Object time) {
        Map<String, Object> data = new HashMap<>(Map.of(
                "id",
                id,
                "invocation_id",
                "i1",
                "author",
                "agent",
                "timestamp",
                time,
                "partial",
                false,
                "usage_metadata",
                Map.of("total_token_count", 7L),
                "actions",
                Map.of("state_delta", Map.of("topic", "ferries"), "artifact_delta", Map.of("a.png", 1L)),
                "content",
                Map.of(
                        "role",
                        "model",
                        "parts",
                        List.of(
                                Map.of("text", "hi", "thought_signature", "__79"),
                                Map.of("inline_data", Map.of("mime_type", "image/png", "data", "AQI=")),
                                Map.of(
                                        "function_call",
                                        Map.of("id", "c1", "name", "look", "args", Map.of("data", "AQI=")))))));
        return new HashMap<>(
                Map.of("event_data", data, "timestamp", timestamp(NOW), "appName", "shop", "userId", "ada"));
    }

    @SuppressWarnings("unchecked") // as event() made it
    private static Map<String, Object> data(Map<String, Object> event) {
        return (Map<String, Object>) event.get("event_data");
    }
}
