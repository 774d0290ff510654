package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.TaggedValue;
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

/** Documents as ADK for Java's contribution writes and reads them. */
abstract class AdkJavaBehaviour {

    private static final SessionKey KEY = new SessionKey("shop", "ada", "s1");
    private static final String SESSION = "adk-session/ada/sessions/s1";
    private static final String EVENTS = SESSION + "/user-event/";
    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

    private RawDocuments raw;
    private FirestoreSessionService service;
    private final List<AutoCloseable> opened = new ArrayList<>();

    abstract String endpoint();

    @BeforeEach
    void open() {
        String project = newProject();
        raw = raw(project);
        service = service(project);
    }

    private static String newProject() {
        return "adk-java-" + UUID.randomUUID();
    }

    private RawDocuments raw(String project) {
        RawDocuments documents = new RawDocuments(TestStores.options(endpoint(), project));
        opened.add(documents);
        return documents;
    }

    private FirestoreSessionService service(String project) {
        FirestoreSessionService store =
                TestStores.open(endpoint(), project, Clock.systemUTC(), FirestoreLayout.adkJava());
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
    void find_conversation_hasRolesAuthorsAndIdsAgain() {
        writeConversation();

        Session found = found(service);

        assertThat(found.state()).isEqualTo(Map.of("topic", "ferries", "user:theme", "dark"));
        assertThat(found.updateTime()).isEqualTo(NOW.plusMillis(1500));
        List<SessionEvent> events = found.events();
        assertThat(events).extracting(SessionEvent::id).containsExactly("zz", "aa", "mm", "bb", "cc");
        assertThat(events).extracting(SessionEvent::author).containsExactly("user", "agent", "agent", "agent", "user");
        assertThat(events)
                .extracting(event -> event.content().orElseThrow().get("role"))
                .containsExactly("user", "model", "user", "model", "user");
        List<String> invocations =
                events.stream().map(SessionEvent::invocationId).toList();
        assertThat(invocations.subList(0, 4)).containsOnly(invocations.get(0));
        assertThat(invocations.get(4)).isNotEmpty().isNotEqualTo(invocations.get(0));
        assertThat(inner(events.get(1), 0, "functionCall").get("id"))
                .isNotNull()
                .isEqualTo(inner(events.get(2), 1, "functionResponse").get("id"));
        assertThat(inner(events.get(1), 1, "functionCall").get("id"))
                .isNotNull()
                .isEqualTo(inner(events.get(2), 0, "functionResponse").get("id"));
        assertThat(inner(events.get(2), 2, "functionResponse").get("id")).isNull();
        assertThat(found(service)).isEqualTo(found);
        assertThat(found.synthesisedIds()).isEqualTo(Map.of("event", 5, "invocation", 5, "call", 2));
    }

    @Test
    void find_part_isPartOfTheWhole() {
        writeConversation();
        List<SessionEvent> all = found(service).events();

        assertThat(service.find(KEY, EventSelection.last(2)).orElseThrow().events())
                .isEqualTo(all.subList(3, 5));
        assertThat(service.find(KEY, EventSelection.since(NOW.plusMillis(1)))
                        .orElseThrow()
                        .events())
                .isEqualTo(all.subList(1, 5));
    }

    @Test
    void store_whatWasReadElsewhere_isTheSameDocuments() {
        writeConversation();
        Map<String, Object> odd = event("agent", "2026-01-05T10:00:09.000Z", Map.of("text", "the odd one"));
        odd.put("keywords", List.of("configured"));
        odd.put("tenant", 7L);
        raw.write(EVENTS + "dd", odd);
        raw.write(
                EVENTS + "ee",
                event("agent", "2026-01-05T10:00:10Z", Map.of("from_the_future", Map.of("a", 1L), "text", "new")));
        Map<String, Object> without = event("agent", "2026-01-05T10:00:11Z");
        without.remove("content");
        raw.write(EVENTS + "ff", without);
        String project = newProject();
        FirestoreSessionService target = service(project);
        target.storeSharedState(KEY.userScope(), service.findSharedState(KEY.userScope()));

        target.store(found(service), Precondition.absent());

        assertThat(raw(project).below("adk-session"))
                .isEqualTo(raw.below("adk-session"))
                .hasSize(9);
        assertThat(found(target)).isEqualTo(found(service));
    }

    @Test
    void store_eventsOfOneTime_keepTheirOrder() {
        for (String id : List.of("b", "c", "a")) {
            raw.write(EVENTS + id, event("agent", "2026-01-05T10:00:00Z", Map.of("text", id)));
        }
        raw.write(SESSION, session(Map.of()));
        String project = newProject();
        FirestoreSessionService target = service(project);

        target.store(found(service), Precondition.absent());

        assertThat(found(target).events()).extracting(SessionEvent::id).containsExactly("b", "c", "a");
        assertThat(found(target)).isEqualTo(found(service));
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
                        Map.of("topic", "ferries", "user:name", "Ada", "app:motd", "hello"),
                        "createTime",
                        created.createTime().orElseThrow().toString(),
                        "updateTime",
                        created.updateTime().toString()));
        assertThat(raw.data("user-state/shop/users/ada")).isEqualTo(Map.of("name", "Ada"));
        assertThat(raw.data("app-state/shop")).isEqualTo(Map.of("motd", "hello"));
    }

    @Test
    void append_writesWhatTheOwnerReads_andTheRestBesideIt() {
        raw.write(SESSION, session(Map.of("topic", "ferries")));
        SessionEvent event = SessionEvent.builder("e1", "user", NOW.plusSeconds(2))
                .invocationId("i1")
                .content(Map.of(
                        "role",
                        "user",
                        "parts",
                        List.of(
                                Map.of("text", "What about the Ferry to there? FERRY no 7!"),
                                Map.of("function_call", Map.of("id", "c1", "name", "look", "args", Map.of("x", 1L))),
                                Map.of("file_data", Map.of("file_uri", "gs://b/o", "mime_type", "image/png")))))
                .stateDelta(Map.of("user:theme", "dark"))
                .actions(Map.of("escalate", true))
                .build();

        service.append(KEY, event);

        Map<String, Object> written = new HashMap<>(raw.data(EVENTS + "e1"));
        assertThat(written.remove("ferry_event")).isNotNull();
        assertThat(written)
                .isEqualTo(Map.of(
                        "author",
                        "ada",
                        "timestamp",
                        "2026-01-05T10:00:02Z",
                        "appName",
                        "shop",
                        "userId",
                        "ada",
                        "keywords",
                        List.of("ferry", "about"),
                        "content",
                        Map.of(
                                "parts",
                                List.of(
                                        Map.of("text", "What about the Ferry to there? FERRY no 7!"),
                                        Map.of("functionCall", Map.of("name", "look", "args", Map.of("x", 1L))),
                                        Map.of("fileData", Map.of("fileUri", "gs://b/o", "mimeType", "image/png"))))));
        assertThat(raw.data(SESSION))
                .contains(
                        entry("updateTime", "2026-01-05T10:00:02Z"),
                        entry("state", Map.of("topic", "ferries", "user:theme", "dark")));
        assertThat(found(service).events()).containsExactly(event);
        assertThat(found(service).synthesisedIds()).isEmpty();
    }

    @Test
    void append_removalOfASharedKey_takesEveryCopyAway() {
        raw.write(SESSION, session(Map.of("user:theme", "dark")));
        raw.write(SESSION.replace("s1", "s2"), session(Map.of("user:theme", "light", "own", 1L), "s2"));

        service.append(
                KEY,
                SessionEvent.builder("e1", "user", NOW)
                        .stateDelta(Map.of("user:theme", TaggedValue.REMOVED))
                        .build());

        assertThat(found(service).state()).isEmpty();
        assertThat(raw.data(SESSION.replace("s1", "s2")).get("state")).isEqualTo(Map.of("own", 1L));
        assertThat(service.findSharedState(KEY.userScope())).isEmpty();
    }

    @Test
    void findSharedState_manyCopies_theNewestSessionsWins() {
        for (int i = 0; i < 40; i++) {
            Map<String, Object> document = session(Map.of("user:theme", "theme " + i), "s" + i);
            document.put("updateTime", NOW.plusSeconds(i == 17 ? 100 : i).toString());
            raw.write(SESSION.replace("s1", "s" + i), document);
        }

        Map<String, SharedValue> found = service.findSharedState(KEY.userScope());

        assertThat(found).containsOnlyKeys("theme");
        assertThat(found.get("theme").value()).isEqualTo("theme 17");
        assertThat(found.get("theme").writeTime()).contains(NOW.plusSeconds(100));
        assertThat(found.get("theme").overruledCopies().count()).isEqualTo(39);
        assertThat(found.get("theme").overruledCopies().examples())
                .hasSize(OverruledCopies.MOST_EXAMPLES)
                .contains(new OverruledCopies.Copy(key("s0"), "user:theme", NOW))
                .extracting(OverruledCopies.Copy::session)
                .doesNotContain(key("s17"));
    }

    @Test
    void findSharedState_copiesEqualToTheValue_areNotOverruled() {
        raw.write(SESSION, session(Map.of("user:theme", "dark", "app:motd", "hello")));
        raw.write(SESSION.replace("s1", "s2"), session(Map.of("user:theme", "dark", "app:motd", "hi"), "s2"));
        raw.write("app-state/shop", Map.of("motd", "hello"));

        SharedValue theme = service.findSharedState(KEY.userScope()).get("theme");
        SharedValue motd = service.findSharedState(KEY.appScope()).get("motd");

        assertThat(theme.overruledCopies()).isEqualTo(OverruledCopies.NONE);
        assertThat(motd.overruledCopies().count()).isEqualTo(1);
        assertThat(motd.overruledCopies().examples())
                .extracting(OverruledCopies.Copy::session)
                .containsExactly(key("s2"));
    }

    private static SessionKey key(String sessionId) {
        return new SessionKey(KEY.appName(), KEY.userId(), sessionId);
    }

    @Test
    void sessionOfAnotherAppWithTheSameId_isAnotherOne() {
        Map<String, Object> other = session(Map.of("of", "bank"));
        other.put("appName", "bank");
        raw.write(SESSION, other);
        SessionKey theirs = new SessionKey("bank", "ada", "s1");

        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
        service.create(NewSession.builder(KEY).state(Map.of("of", "shop")).build());

        assertThat(found(service).state()).isEqualTo(Map.of("of", "shop"));
        assertThat(service.find(theirs, EventSelection.none()).orElseThrow().state())
                .isEqualTo(Map.of("of", "bank"));
        assertThat(raw.data(SESSION).get("appName")).isEqualTo("bank");
        assertThat(service.list(SessionQuery.ofApp("shop"), ScanCursor.START, 10)
                        .sessions())
                .extracting(SessionSummary::key)
                .containsExactly(KEY);
    }

    @Test
    void scan_otherDepths_areNotMet() {
        raw.write(SESSION, session(Map.of()));
        raw.write("adk-session/shop/users/ada/sessions/python", session(Map.of(), "python"));

        assertThat(service.scan(ScanCursor.START, 10).sessions())
                .extracting(SessionSummary::key)
                .containsExactly(KEY);
    }

    @Test
    void find_eventWithoutATime_isCorruptNotMissing() {
        raw.write(SESSION, session(Map.of()));
        Map<String, Object> event = event("ada", "", Map.of("text", "hi"));
        event.remove("timestamp");
        raw.write(EVENTS + "e1", event);

        assertThatThrownBy(() -> found(service))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT))
                .hasMessageContaining(EVENTS + "e1")
                .hasMessageContaining("timestamp");
    }

    /** Two calls at once, answered in another order, and times that sort otherwise as text. */
    private void writeConversation() {
        raw.write(SESSION, session(Map.of("topic", "ferries", "user:theme", "dark")));
        Map<String, Object> question = event("ada", "2026-01-05T10:00:00Z", Map.of("text", "is there a ferry"));
        question.put("keywords", List.of("ferry"));
        raw.write(EVENTS + "zz", question);
        raw.write(
                EVENTS + "aa",
                event(
                        "agent",
                        "2026-01-05T10:00:00.001Z",
                        Map.of("functionCall", Map.of("name", "look", "args", Map.of("port", "Bar"))),
                        Map.of("functionCall", Map.of("name", "ask", "args", Map.of()))));
        raw.write(
                EVENTS + "mm",
                event(
                        "agent",
                        "2026-01-05T10:00:00.250Z",
                        Map.of("functionResponse", Map.of("name", "ask", "response", Map.of("a", 1L))),
                        Map.of("functionResponse", Map.of("name", "look", "response", Map.of("b", 2.5))),
                        Map.of("functionResponse", Map.of("name", "look", "response", Map.of()))));
        raw.write(
                EVENTS + "bb",
                event(
                        "agent",
                        "2026-01-05T10:00:01Z",
                        Map.of("fileData", Map.of("fileUri", "gs://b/o", "mimeType", "image/png"))));
        raw.write(EVENTS + "cc", event("ada", "2026-01-05T10:00:01.500Z", Map.of("text", "")));
    }

    private static Map<?, ?> inner(SessionEvent event, int part, String kind) {
        List<?> parts = (List<?>) event.content().orElseThrow().get("parts");
        return (Map<?, ?>) ((Map<?, ?>) parts.get(part)).get(kind);
    }

    private static Session found(FirestoreSessionService store) {
        return store.find(KEY, EventSelection.all()).orElseThrow();
    }

    private static Map<String, Object> session(Map<String, Object> state) {
        return session(state, "s1");
    }

    private static Map<String, Object> session(Map<String, Object> state, String id) {
        return new HashMap<>(Map.of(
                "id",
                id,
                "appName",
                "shop",
                "userId",
                "ada",
                "state",
                state,
                "updateTime",
                NOW.plusMillis(1500).toString()));
    }

    private static Map<String, Object> event(String author, String timestamp, Map<?, ?>... parts) {
        return new HashMap<>(Map.of(
                "author",
                author,
                "timestamp",
                timestamp,
                "appName",
                "shop",
                "userId",
                "ada",
                "content",
                Map.of("parts", List.of(parts))));
    }
}
