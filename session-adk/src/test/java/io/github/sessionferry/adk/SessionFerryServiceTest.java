package io.github.sessionferry.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.adk.JsonBaseModel;
import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.SessionNotFoundException;
import com.google.adk.sessions.State;
import com.google.genai.types.Content;
import com.google.genai.types.CustomMetadata;
import com.google.genai.types.FinishReason;
import com.google.genai.types.Part;
import com.google.genai.types.VideoMetadata;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.PolicyRouter;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.SessionRouter;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionFerryServiceTest {

    private static final long TIME = 1_767_607_200_123L;
    private static final SessionKey KEY = new SessionKey("shop", "ana", "s1");

    private final SessionFaults faults = SessionFaults.none();
    private final InMemorySessionService store = InMemorySessionService.create();
    private final SessionFerryService service = SessionFerryService.over(new FaultySessionService(store, faults));

    @Test
    void createSession_withStateOfAllScopes_sharesItAndDropsTemp() {
        Session first = created(Map.of("own", 1, "user:theme", "dark", "app:motd", "hi", "temp:token", "t"));
        Session second = service.createSession("shop", "ana", Map.of(), "s2").blockingGet();
        Session others = service.createSession("shop", "bob", Map.of(), "s1").blockingGet();

        assertThat(first.state())
                .containsExactlyInAnyOrderEntriesOf(Map.of("own", 1, "user:theme", "dark", "app:motd", "hi"));
        assertThat(second.state()).containsExactlyInAnyOrderEntriesOf(Map.of("user:theme", "dark", "app:motd", "hi"));
        assertThat(others.state()).containsExactlyInAnyOrderEntriesOf(Map.of("app:motd", "hi"));
    }

    @Test
    void createSession_withoutId_getsOneThatFindsIt() {
        Session created =
                service.createSession("shop", "ana", Map.of("a", 1), " ").blockingGet();

        assertThat(created.id()).isNotBlank();
        assertThat(found(created.id()).state()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1));
    }

    @Test
    void createSession_ofOneThatExists_failsAndChangesNothing() {
        created(Map.of("a", 1));

        service.createSession("shop", "ana", Map.of("a", 2), "s1")
                .test()
                .awaitDone(20, TimeUnit.SECONDS)
                .assertError(SessionException.class);
        assertThat(found("s1").state()).containsExactlyInAnyOrderEntriesOf(Map.of("a", 1));
    }

    @Test
    void getSession_ofAnotherUser_isEmpty() {
        created(Map.of("a", 1));

        assertThat(service.getSession("shop", "bob", "s1", Optional.empty()).blockingGet())
                .isNull();
        assertThat(service.getSession("other", "ana", "s1", Optional.empty()).blockingGet())
                .isNull();
        assertThat(service.listSessions("shop", "bob").blockingGet().sessions()).isEmpty();
    }

    @Test
    void getSession_withConfig_bringsTheNewestAndThoseSince() {
        Session session = created(Map.of());
        IntStream.range(0, 10).forEach(i -> append(session, event("e" + i, TIME + i, Map.of())));

        assertThat(ids(GetSessionConfig.builder().numRecentEvents(3).build())).containsExactly("e7", "e8", "e9");
        assertThat(ids(GetSessionConfig.builder().numRecentEvents(0).build())).isEmpty();
        assertThat(ids(GetSessionConfig.builder()
                        .afterTimestamp(Instant.ofEpochMilli(TIME + 8))
                        .build()))
                .containsExactly("e8", "e9");
        assertThat(ids(GetSessionConfig.builder()
                        .numRecentEvents(3)
                        .afterTimestamp(Instant.ofEpochMilli(TIME + 9))
                        .build()))
                .containsExactly("e9");
    }

    @Test
    void listSessions_ofMoreThanAPage_listsAll() {
        IntStream.range(0, 230)
                .forEach(i -> service.createSession("shop", "ana", Map.of(), "s" + i)
                        .ignoreElement()
                        .blockingAwait());

        assertThat(service.listSessions("shop", "ana").blockingGet().sessionIds())
                .doesNotHaveDuplicates()
                .hasSize(230);
    }

    @Test
    void deleteSession_twice_completesAndLeavesSharedState() {
        created(Map.of("a", 1, "user:theme", "dark"));

        service.deleteSession("shop", "bob", "s1").blockingAwait();
        assertThat(found("s1")).isNotNull();
        service.deleteSession("shop", "ana", "s1").blockingAwait();
        service.deleteSession("shop", "ana", "s1").blockingAwait();

        assertThat(service.getSession("shop", "ana", "s1", Optional.empty()).blockingGet())
                .isNull();
        assertThat(created(Map.of()).state()).containsExactlyInAnyOrderEntriesOf(Map.of("user:theme", "dark"));
    }

    @Test
    void appendEvent_withDelta_changesStoreAndObjectAlike() {
        Session session = created(Map.of("gone", 1, "kept", 1, "user:gone", 1));
        Event event = event(
                "e1",
                TIME,
                Map.of(
                        "gone",
                        State.REMOVED,
                        "user:gone",
                        State.REMOVED,
                        "app:motd",
                        "hi",
                        "temp:token",
                        "t",
                        "n",
                        5L));

        append(session, event);

        assertThat(session.state()).containsExactlyInAnyOrderEntriesOf(Map.of("kept", 1, "app:motd", "hi", "n", 5L));
        assertThat(session.events()).containsExactly(event);
        assertThat(found("s1").state()).containsExactlyInAnyOrderEntriesOf(Map.of("kept", 1, "app:motd", "hi", "n", 5));
        assertThat(stored().stateDelta())
                .isEqualTo(Map.of(
                        "gone", TaggedValue.REMOVED, "user:gone", TaggedValue.REMOVED, "app:motd", "hi", "n", 5L));
        assertThat(found("s1").events().get(0).actions().stateDelta()).containsEntry("gone", State.REMOVED);
    }

    @Test
    void appendEvent_thatIsPartial_changesNothing() {
        Session session = created(Map.of());

        append(
                session,
                event("e1", TIME, Map.of("a", 1)).toBuilder().partial(true).build());

        assertThat(session.events()).isEmpty();
        assertThat(session.state()).isEmpty();
        assertThat(found("s1").events()).isEmpty();
    }

    @Test
    void appendEvent_repeated_isThereOnce() {
        Session session = created(Map.of());
        Event event = event("e1", TIME, Map.of("a", 1));

        append(session, event);
        append(session, event);

        assertThat(session.events()).hasSize(1);
        assertThat(found("s1").events()).hasSize(1);
    }

    @Test
    void appendEvent_thatFails_arrivesAsErrorAndLeavesTheObject() {
        Session session = created(Map.of());
        faults.on(SessionOperation.APPEND).failBefore(SessionErrorCode.RATE_LIMITED);

        service.appendEvent(session, event("e1", TIME, Map.of("a", 1)))
                .test()
                .awaitDone(20, TimeUnit.SECONDS)
                .assertError(error -> error instanceof SessionException
                        && error.getCause() instanceof io.github.sessionferry.core.SessionException cause
                        && cause.retryable());
        assertThat(session.events()).isEmpty();
        assertThat(session.state()).isEmpty();
    }

    @Test
    void operation_onASessionThatIsNotThere_failsAsNotFound() {
        Session session = Session.builder("none").appName("shop").userId("ana").build();

        service.appendEvent(session, event("e1", TIME, Map.of()))
                .test()
                .awaitDone(20, TimeUnit.SECONDS)
                .assertError(SessionNotFoundException.class);
        service.listEvents("shop", "ana", "none")
                .test()
                .awaitDone(20, TimeUnit.SECONDS)
                .assertError(SessionNotFoundException.class);
    }

    @Test
    void everyField_ofAnEvent_comesBack() {
        Session session = created(Map.of());
        Event event = event("e1", TIME, Map.of("list", List.of(1, 2.5, "x"))).toBuilder()
                .content(Content.builder()
                        .role("model")
                        .parts(List.of(
                                Part.fromText("hello"),
                                Part.fromBytes(new byte[] {-1, -2, 0}, "image/png"),
                                Part.fromFunctionCall("find_it", Map.of("order_id", 7, "deep", Map.of("a_b", 1.5))),
                                Part.builder()
                                        .text("hm")
                                        .thought(true)
                                        .thoughtSignature(new byte[] {-5, -17})
                                        .build()))
                        .build())
                .branch("root.child")
                .turnComplete(true)
                .interrupted(false)
                .finishReason(new FinishReason("STOP"))
                .errorMessage("none")
                .longRunningToolIds(Set.of("call-1"))
                .customMetadata(List.of(
                        CustomMetadata.builder().key("k_1").stringValue("v").build()))
                .build();
        event.actions().setArtifactDelta(new ConcurrentHashMap<>(Map.of("a_file.txt", 3)));
        event.actions().setTransferToAgent("billing");
        event.actions().setEscalate(true);

        append(session, event);

        assertThat(found("s1").events())
                .extracting(SessionFerryServiceTest::fields)
                .containsExactly(fields(event));
        assertThat(service.listEvents("shop", "ana", "s1").blockingGet().events())
                .extracting(SessionFerryServiceTest::fields)
                .containsExactly(fields(event));
    }

    @Test
    void offsetsIntoAVideo_areStoredAsOthersReadThem_andComeBack() {
        Session session = created(Map.of());
        Part part = Part.builder()
                .videoMetadata(VideoMetadata.builder()
                        .startOffset(Duration.ofMillis(1_500))
                        .endOffset(Duration.ofSeconds(90))
                        .build())
                .build();

        append(
                session,
                event("e1", TIME, Map.of()).toBuilder()
                        .content(Content.fromParts(part))
                        .build());

        assertThat(stored().content().orElseThrow().get("parts"))
                .isEqualTo(List.of(Map.of("videoMetadata", Map.of("startOffset", "1.5s", "endOffset", "90s"))));
        assertThat(found("s1").events().get(0).content().orElseThrow().parts().orElseThrow())
                .containsExactly(part);
    }

    @Test
    void event_thatAdkForPythonWrote_isReadWithItsParts() {
        SessionEvent event = SessionEvent.builder("p1", "bot", Instant.parse("2026-01-05T10:00:00.123456Z"))
                .content(Map.of(
                        "role",
                        "model",
                        "parts",
                        List.of(
                                Map.of("inline_data", Map.of("mime_type", "image/png", "data", "__79")),
                                Map.of(
                                        "inline_data",
                                        Map.of("mime_type", "image/png", "data", Bytes.copyOf(new byte[] {1}))),
                                Map.of(
                                        "function_call",
                                        Map.of("name", "f", "args", Map.of("order_id", 7L, "startOffset", "2s"))),
                                Map.of("video_metadata", Map.of("start_offset", "1.5s", "end_offset", "90s")))))
                .fields(Map.of("turn_complete", true, "custom_metadata", Map.of("any", "thing")))
                .build();
        store.store(
                io.github.sessionferry.core.Session.builder(KEY, event.timestamp())
                        .events(List.of(event))
                        .build(),
                Precondition.absent());

        Event read = found("s1").events().get(0);

        List<Part> parts = read.content().orElseThrow().parts().orElseThrow();
        assertThat(parts.get(0).inlineData().orElseThrow().data().orElseThrow()).isEqualTo(new byte[] {-1, -2, -3});
        assertThat(parts.get(1).inlineData().orElseThrow().data().orElseThrow()).isEqualTo(new byte[] {1});
        assertThat(parts.get(2).functionCall().orElseThrow().args().orElseThrow())
                .isEqualTo(Map.of("order_id", 7, "startOffset", "2s"));
        assertThat(parts.get(3).videoMetadata().orElseThrow())
                .isEqualTo(VideoMetadata.builder()
                        .startOffset(Duration.ofMillis(1_500))
                        .endOffset(Duration.ofSeconds(90))
                        .build());
        assertThat(read.turnComplete()).contains(true);
        assertThat(read.timestamp()).isEqualTo(1_767_607_200_123L);
        assertThat(stored()).isEqualTo(event);
    }

    @Test
    void service_withAnExecutor_callsTheStoreOnItsThreads() throws Exception {
        List<String> threads = new CopyOnWriteArrayList<>();
        faults.on(SessionOperation.CREATE)
                .runBefore(call -> threads.add(Thread.currentThread().getName()));
        var executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "stores"));
        try {
            SessionFerryService.over(new FaultySessionService(store, faults), executor)
                    .createSession("shop", "ana", Map.of(), "s1")
                    .ignoreElement()
                    .blockingAwait();
            service.createSession("shop", "ana", Map.of(), "s2").ignoreElement().blockingAwait();
            SessionRouter router = (user, channel) -> new FaultySessionService(store, faults);
            SessionFerryService.over(router, Channel.TEXT, executor)
                    .createSession("shop", "ana", Map.of(), "s3")
                    .ignoreElement()
                    .blockingAwait();
        } finally {
            executor.shutdownNow();
        }

        assertThat(threads.get(0)).isEqualTo("stores");
        assertThat(threads.get(2)).isEqualTo("stores");
        assertThat(threads.get(1)).isNotEqualTo(Thread.currentThread().getName());
    }

    @Test
    void service_overARouter_isServedByTheUsersStore() {
        InMemorySessionService target = InMemorySessionService.create();
        RolloutPolicy policy =
                RolloutPolicy.builder("salt").allowedUserIds(List.of("ana")).build();
        SessionRouter router = PolicyRouter.between(store, target, () -> policy);
        SessionFerryService text = SessionFerryService.over(router, Channel.TEXT);
        SessionFerryService voice = SessionFerryService.over(router, Channel.LIVE);

        for (String user : List.of("ana", "bob")) {
            text.createSession("shop", user, Map.of(), "text").ignoreElement().blockingAwait();
            voice.createSession("shop", user, Map.of(), "live").ignoreElement().blockingAwait();
        }

        assertThat(target.find(new SessionKey("shop", "ana", "text"), EventSelection.none()))
                .isPresent();
        assertThat(store.list(SessionQuery.ofApp("shop"), ScanCursor.START, 10).sessions())
                .extracting(SessionSummary::key)
                .containsExactlyInAnyOrder(
                        new SessionKey("shop", "ana", "live"),
                        new SessionKey("shop", "bob", "text"),
                        new SessionKey("shop", "bob", "live"));
    }

    private Session created(Map<String, Object> state) {
        return service.createSession("shop", "ana", state, "s1").blockingGet();
    }

    private void append(Session session, Event event) {
        assertThat(service.appendEvent(session, event).blockingGet()).isSameAs(event);
    }

    private Session found(String id) {
        return service.getSession("shop", "ana", id, Optional.empty()).blockingGet();
    }

    private List<String> ids(GetSessionConfig config) {
        return service.getSession("shop", "ana", "s1", Optional.of(config)).blockingGet().events().stream()
                .map(Event::id)
                .toList();
    }

    private SessionEvent stored() {
        return store.find(KEY, EventSelection.all()).orElseThrow().events().get(0);
    }

    private static JsonNode fields(Event event) {
        return JsonBaseModel.getMapper().valueToTree(event);
    }

    private static Event event(String id, long time, Map<String, Object> delta) {
        return Event.builder()
                .id(id)
                .invocationId("i1")
                .author("user")
                .timestamp(time)
                .content(Content.fromParts(Part.fromText("line")))
                .actions(EventActions.builder()
                        .stateDelta(new ConcurrentHashMap<>(delta))
                        .build())
                .build();
    }
}
