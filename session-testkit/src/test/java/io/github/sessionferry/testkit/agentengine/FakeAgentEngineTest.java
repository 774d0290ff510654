package io.github.sessionferry.testkit.agentengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.DeleteSessionRequest;
import com.google.cloud.aiplatform.v1.GetSessionRequest;
import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.rpc.RetryInfo;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FakeAgentEngineTest {
    private static final String ENGINE = "projects/demo/locations/us-central1/reasoningEngines/42";
    private static final long DAY = 86_400;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final FakeAgentEngine engine =
            FakeAgentEngine.builder().clock(now::get).start();
    private final ManagedChannel channel = Grpc.newChannelBuilder(
                    engine.endpoint(), InsecureChannelCredentials.create())
            .build();
    private final SessionServiceBlockingStub sessions = SessionServiceGrpc.newBlockingStub(channel);

    @AfterEach
    void stop() {
        channel.shutdownNow();
        engine.close();
    }

    @Test
    void create_withoutId_makesIdsOf19Digits() {
        String first = create("", session("ann"));
        String second = create("", session("ann"));

        assertThat(first)
                .matches("[0-9]{19}")
                .isNotEqualTo(second)
                .isEqualTo(get(first).getName().replaceAll(".*/", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "123e4567-e89b-42d3-a456-426614174000",
                "0123456789012345678901234567890123456789012345678901234567890ab"
            })
    void create_withLegalId_keepsIt(String id) {
        assertThat(create(id, session("ann"))).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "a_b",
                "-a",
                "a-",
                "a/b",
                "ä",
                "0123456789012345678901234567890123456789012345678901234567890abc"
            })
    void create_withIllegalId_isRefused(String id) {
        assertThatThrownBy(() -> create(id, session("ann")))
                .hasMessageStartingWith("INVALID_ARGUMENT: List of found errors:\t1.Field: session_id;")
                .hasMessageContaining("The first and last characters must be a letter or number");
    }

    @Test
    void create_withoutUser_isRefused() {
        assertThatThrownBy(() -> create("", session("")))
                .hasMessage(
                        "INVALID_ARGUMENT: List of found errors:\t1.Field: session.user_id; Message: Required field is"
                                + " not set.\t");
    }

    @Test
    void create_ofAnIdOfADeletedSession_succeeds() {
        create("a", session("ann"));
        delete("a");

        assertThat(create("a", session("ben"))).isEqualTo("a");
        assertThat(get("a").getUserId()).isEqualTo("ben");
    }

    @Test
    void get_byProjectNumber_findsTheSameSession() {
        create("a", session("ann"));
        Session byId = get("a");

        Session byNumber = sessions.getSession(
                GetSessionRequest.newBuilder().setName(byId.getName()).build());

        assertThat(byNumber).isEqualTo(byId);
        assertThat(byId.getName()).matches("projects/[0-9]+/locations/us-central1/reasoningEngines/42/sessions/a");
    }

    @Test
    void create_inTwoSteps_isReadableAfterFutileLooks() throws Exception {
        engine.setOperations(OperationMode.readableAfter(2));
        Operation running = createOperation("a", session("ann"));

        assertThat(running.getDone()).isFalse();
        assertThat(list("").getSessionsCount()).isZero();
        assertThatThrownBy(() -> append("a", event(1))).hasMessage("NOT_FOUND: Session " + name("a") + " not found.");
        assertThat(operation(running.getName()).getDone()).isFalse();
        assertThatThrownBy(() -> get("a")).hasMessage("NOT_FOUND: Session " + name("a") + " not found.");
        Operation done = operation(running.getName());
        assertThat(done.getDone()).isTrue();
        assertThat(done.getResponse().unpack(Session.class).getUserId()).isEqualTo("ann");
        assertThat(get("a").getUserId()).isEqualTo("ann");
        assertThat(list("").getSessionsCount()).isEqualTo(1);
    }

    @Test
    void state_ofAllScopes_isSharedAsFarAsItsScope() {
        create("a", session("ann", "own", "1", "app:x", "2", "user:y", "3", "temp:z", "4"));
        create("b", session("ann"));
        create("c", session("ben"));

        assertThat(state("a")).containsOnlyKeys("own", "app:x", "user:y");
        assertThat(state("b")).containsOnlyKeys("app:x", "user:y");
        assertThat(state("c")).containsOnlyKeys("app:x");
        assertThat(engine.sessionCount(ENGINE.replace("42", "43"))).isZero();
    }

    @Test
    void sharedState_outlivesItsSessions() {
        create("a", session("ann", "app:x", "1", "user:y", "2"));
        delete("a");

        create("b", session("ann"));

        assertThat(state("b")).containsOnlyKeys("app:x", "user:y");
    }

    @Test
    void append_withoutRequiredFields_namesThem() {
        create("a", session("ann"));

        assertThatThrownBy(() -> append("a", SessionEvent.getDefaultInstance()))
                .hasMessage("INVALID_ARGUMENT: List of found errors:"
                        + "\t1.Field: event.author; Message: Required field is not set."
                        + "\t2.Field: event.invocation_id; Message: Required field is not set."
                        + "\t3.Field: event.timestamp; Message: Required field is not set.\t");
    }

    @Test
    void listEvents_ofManyEvents_comeInPagesByTimeThenByArrival() {
        create("a", session("ann"));
        IntStream.range(0, 250).forEach(i -> append("a", event(i % 50, "inv-" + i)));

        List<String> listed = new ArrayList<>();
        List<Integer> pages = new ArrayList<>();
        String token = "";
        do {
            ListEventsResponse page = sessions.listEvents(ListEventsRequest.newBuilder()
                    .setParent(name("a"))
                    .setPageToken(token)
                    .build());
            page.getSessionEventsList().forEach(event -> listed.add(event.getInvocationId()));
            pages.add(page.getSessionEventsCount());
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        List<String> expected = IntStream.range(0, 250)
                .boxed()
                .sorted(Comparator.comparingInt(i -> i % 50))
                .map(i -> "inv-" + i)
                .toList();
        assertThat(listed).isEqualTo(expected);
        assertThat(pages).containsExactly(100, 100, 50);
        assertThat(engine.eventCount(ENGINE)).isEqualTo(250);
    }

    @Test
    void listEvents_descending_pagesBackwards() {
        create("a", session("ann"));
        IntStream.range(0, 5).forEach(i -> append("a", event(i / 2, "inv-" + i)));
        ListEventsRequest request = ListEventsRequest.newBuilder()
                .setParent(name("a"))
                .setOrderBy("timestamp desc")
                .setPageSize(3)
                .build();

        ListEventsResponse first = sessions.listEvents(request);
        ListEventsResponse second = sessions.listEvents(
                request.toBuilder().setPageToken(first.getNextPageToken()).build());

        assertThat(first.getSessionEventsList())
                .extracting(SessionEvent::getInvocationId)
                .containsExactly("inv-4", "inv-3", "inv-2");
        assertThat(second.getSessionEventsList())
                .extracting(SessionEvent::getInvocationId)
                .containsExactly("inv-1", "inv-0");
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timestamp>="1970-01-01T00:00:02Z"                                         | 2,3
            timestamp > "1970-01-01T01:00:02+01:00"                                   | 3
            timestamp<="1970-01-01T00:00:01Z"                                         | 0,1
            timestamp<"1970-01-01T00:00:01Z"                                          | 0
            timestamp="1970-01-01T00:00:01Z"                                          | 1
            timestamp>="1970-01-01T00:00:01Z" AND timestamp<"1970-01-01T00:00:03Z"     | 1,2
            """)
    void listEvents_withFilter_comparesTimes(String filter, String seconds) {
        create("a", session("ann"));
        IntStream.range(0, 4).forEach(i -> append("a", event(i)));

        ListEventsResponse found = sessions.listEvents(ListEventsRequest.newBuilder()
                .setParent(name("a"))
                .setFilter(filter)
                .build());

        assertThat(found.getSessionEventsList())
                .extracting(event -> Long.toString(event.getTimestamp().getSeconds()))
                .containsExactly(seconds.split(","));
    }

    @Test
    void listSessions_ofManySessions_comeInPagesNewestFirst() {
        IntStream.range(0, 205).forEach(i -> create("s" + i, session("ann")));

        List<String> listed = new ArrayList<>();
        String token = "";
        do {
            ListSessionsResponse page = sessions.listSessions(ListSessionsRequest.newBuilder()
                    .setParent(ENGINE)
                    .setPageToken(token)
                    .build());
            assertThat(page.getSessionsCount()).isLessThanOrEqualTo(100);
            page.getSessionsList()
                    .forEach(session -> listed.add(session.getName().replaceAll(".*/s", "")));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(listed)
                .isEqualTo(IntStream.range(0, 205).mapToObj(i -> "" + (204 - i)).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            create_time      | a,b,c
            create_time desc | c,b,a
            update_time      | b,c,a
            update_time desc | a,c,b
            """)
    void listSessions_ordered_pagesInThatOrder(String order, String ids) {
        List.of("a", "b", "c").forEach(id -> create(id, session("ann")));
        append("a", event(1));

        List<String> listed = new ArrayList<>();
        String token = "";
        do {
            ListSessionsResponse page = sessions.listSessions(ListSessionsRequest.newBuilder()
                    .setParent(ENGINE)
                    .setOrderBy(order)
                    .setPageSize(1)
                    .setPageToken(token)
                    .build());
            page.getSessionsList()
                    .forEach(session -> listed.add(session.getName().replaceAll(".*/", "")));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(listed).containsExactly(ids.split(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            user_id="ann"                              | b,a
            userId=ann                                 | b,a
            user_id="a\\"n"                            | c
            display_name="Two"                         | b
            labels.tier="gold"                         | a
            user_id="ann" AND labels.tier!="gold"      | b
            """)
    void listSessions_withFilter_findsThem(String filter, String ids) {
        create("a", session("ann").toBuilder().putLabels("tier", "gold").build());
        create("b", session("ann").toBuilder().setDisplayName("Two").build());
        create("c", session("a\"n"));

        assertThat(list(filter).getSessionsList())
                .extracting(session -> session.getName().replaceAll(".*/", ""))
                .containsExactly(ids.split(","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"user_id", "user_id=\"a", "color=\"red\"", "user_id=\"a\" OR user_id=\"b\"", "user_id=\"a\" AND"
            })
    void listSessions_withBadFilter_isRefused(String filter) {
        assertThatThrownBy(() -> list(filter)).hasMessageStartingWith("INVALID_ARGUMENT");
    }

    @Test
    void listSessions_withTheTokenOfAnotherQuestion_isRefused() {
        create("a", session("ann"));
        create("b", session("ann"));
        ListSessionsRequest request = ListSessionsRequest.newBuilder()
                .setParent(ENGINE)
                .setPageSize(1)
                .build();
        String token = sessions.listSessions(request).getNextPageToken();

        assertThatThrownBy(() -> sessions.listSessions(request.toBuilder()
                        .setPageToken(token)
                        .setFilter("user_id=ann")
                        .build()))
                .hasMessageStartingWith("INVALID_ARGUMENT");
        assertThatThrownBy(() -> sessions.listSessions(
                        request.toBuilder().setPageToken("garbage").build()))
                .hasMessageStartingWith("INVALID_ARGUMENT");
    }

    @Test
    void update_withMask_changesOnlyWhatItNames() {
        create(
                "a",
                session("ann", "own", "1", "user:y", "2").toBuilder()
                        .putLabels("k", "v")
                        .build());

        Session updated = update(
                Session.newBuilder()
                        .setName(name("a"))
                        .setDisplayName("ignored")
                        .setSessionState(struct("new", "3", "app:x", "4"))
                        .build(),
                "session_state");

        assertThat(updated).isEqualTo(get("a"));
        assertThat(state("a")).containsOnlyKeys("new", "user:y", "app:x");
        assertThat(updated.getDisplayName()).isEmpty();
        assertThat(updated.getLabelsMap()).containsEntry("k", "v");
    }

    @Test
    void update_ofImmutableOrUnknownFields_isRefused() {
        create("a", session("ann"));
        Session other = session("ben").toBuilder().setName(name("a")).build();

        assertThatThrownBy(() -> update(other, "user_id")).hasMessageStartingWith("INVALID_ARGUMENT");
        assertThatThrownBy(() -> update(other, "create_time")).hasMessageStartingWith("INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @CsvSource({"UPPER, v", "k, UPPER", "a b, v", "01234567890123456789012345678901234567890123456789012345678901234, v"
    })
    void labels_thatAreNotLegal_areRefused(String key, String value) {
        Session labelled = session("ann").toBuilder().putLabels(key, value).build();

        assertThatThrownBy(() -> create("a", labelled)).hasMessageContaining("session.labels");
    }

    @Test
    void expiry_byDefault_isAYearAfterTheCreation() {
        create("a", session("ann"));
        append("a", event(1));
        assertThat(get("a").getExpireTime().getSeconds()).isEqualTo(now.get().getEpochSecond() + 365 * DAY);

        now.set(now.get().plusSeconds(365 * DAY - 1));
        assertThat(engine.sessionCount(ENGINE)).isEqualTo(1);
        now.set(now.get().plusSeconds(2));

        assertThatThrownBy(() -> get("a")).hasMessageStartingWith("NOT_FOUND");
        assertThat(list("").getSessionsCount()).isZero();
        assertThat(create("a", session("ann"))).isEqualTo("a");
    }

    @Test
    void expiry_ofLessThanADay_isRefused() {
        Session shortest = session("ann").toBuilder()
                .setTtl(Duration.newBuilder().setSeconds(DAY))
                .build();
        Session shorter = shortest.toBuilder()
                .setTtl(Duration.newBuilder().setSeconds(DAY - 1))
                .build();
        Session sooner = shortest.toBuilder()
                .setExpireTime(ServerTime.timestamp(now.get().plusSeconds(DAY - 1)))
                .build();

        create("a", shortest);

        assertThat(get("a").getExpireTime())
                .isEqualTo(ServerTime.timestamp(now.get().plusSeconds(DAY)));
        assertThatThrownBy(() -> create("b", shorter)).hasMessageContaining("session.ttl");
        assertThatThrownBy(() -> create("b", sooner)).hasMessageContaining("session.expire_time");
    }

    @Test
    void quotas_whenUsedUp_refuseUntilTheMinuteIsOver() throws InvalidProtocolBufferException {
        engine.setQuotas(new Quotas(2, 1, 1));
        create("a", session("ann"));
        create("b", session("ann"));
        append("a", event(1));
        now.set(now.get().plusSeconds(20));

        Throwable refused = catchThrowable(() -> delete("a"));

        assertThat(refused).hasMessageStartingWith("RESOURCE_EXHAUSTED: Quota exceeded");
        RetryInfo retry = StatusProto.fromThrowable(refused).getDetails(1).unpack(RetryInfo.class);
        assertThat(retry.getRetryDelay().getSeconds()).isEqualTo(40);
        assertThatThrownBy(() -> append("a", event(1))).hasMessageStartingWith("RESOURCE_EXHAUSTED");
        get("a");
        assertThatThrownBy(() -> get("a")).hasMessageStartingWith("RESOURCE_EXHAUSTED");
        now.set(now.get().plusSeconds(40));
        delete("a");
    }

    @Test
    void quotas_scaled_areAtLeastOne() {
        assertThat(Quotas.published().times(100)).isEqualTo(new Quotas(10_000, 30_000, 1_000_000));
        assertThat(Quotas.published().times(0.001)).isEqualTo(new Quotas(1, 1, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> Quotas.published().times(0));
    }

    @Test
    void engines_whenNamed_areTheOnlyOnes() {
        try (FakeAgentEngine strict =
                FakeAgentEngine.builder().onlyEngines(ENGINE).start()) {
            ManagedChannel strictChannel = Grpc.newChannelBuilder(
                            strict.endpoint(), InsecureChannelCredentials.create())
                    .build();
            SessionServiceBlockingStub stub = SessionServiceGrpc.newBlockingStub(strictChannel);

            assertThat(stub.listSessions(ListSessionsRequest.newBuilder()
                                    .setParent(ENGINE)
                                    .build())
                            .getSessionsCount())
                    .isZero();
            assertThatThrownBy(() -> stub.listSessions(ListSessionsRequest.newBuilder()
                            .setParent(ENGINE + "1")
                            .build()))
                    .hasMessageStartingWith("NOT_FOUND: ReasoningEngine ");
            strictChannel.shutdownNow();
        }
    }

    @Test
    void faults_afterApplying_leaveTheEventThere() {
        GrpcFaults faults = engine.faults();
        faults.on("AppendEvent").times(1).failAfter(Status.UNAVAILABLE);
        create("a", session("ann"));

        assertThatThrownBy(() -> append("a", event(1))).hasMessage("UNAVAILABLE");

        assertThat(engine.eventCount(ENGINE)).isEqualTo(1);
        assertThat(engine.calls("AppendEvent")).isEqualTo(1);
    }

    @Test
    void seedSharedState_withAnotherScope_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.seedSharedState(ENGINE, "ann", struct("own", "1")));
    }

    private Session update(Session session, String path) {
        return sessions.updateSession(UpdateSessionRequest.newBuilder()
                .setSession(session)
                .setUpdateMask(FieldMask.newBuilder().addPaths(path))
                .build());
    }

    private String create(String id, Session session) {
        return createOperation(id, session).getName().replaceAll(".*/sessions/|/operations/.*", "");
    }

    private Operation createOperation(String id, Session session) {
        return sessions.createSession(CreateSessionRequest.newBuilder()
                .setParent(ENGINE)
                .setSessionId(id)
                .setSession(session)
                .build());
    }

    private Operation operation(String name) {
        return OperationsGrpc.newBlockingStub(channel)
                .getOperation(GetOperationRequest.newBuilder().setName(name).build());
    }

    private Session get(String id) {
        return sessions.getSession(
                GetSessionRequest.newBuilder().setName(name(id)).build());
    }

    private Map<String, Value> state(String id) {
        return get(id).getSessionState().getFieldsMap();
    }

    private ListSessionsResponse list(String filter) {
        return sessions.listSessions(ListSessionsRequest.newBuilder()
                .setParent(ENGINE)
                .setFilter(filter)
                .build());
    }

    private void delete(String id) {
        sessions.deleteSession(
                DeleteSessionRequest.newBuilder().setName(name(id)).build());
    }

    private void append(String id, SessionEvent event) {
        sessions.appendEvent(AppendEventRequest.newBuilder()
                .setName(name(id))
                .setEvent(event)
                .build());
    }

    private static String name(String id) {
        return ENGINE + "/sessions/" + id;
    }

    private static SessionEvent event(long seconds) {
        return event(seconds, "inv");
    }

    private static SessionEvent event(long seconds, String invocationId) {
        return SessionEvent.newBuilder()
                .setAuthor("user")
                .setInvocationId(invocationId)
                .setTimestamp(Timestamp.newBuilder().setSeconds(seconds))
                .build();
    }

    private static Session session(String userId, String... state) {
        Session.Builder session = Session.newBuilder().setUserId(userId);
        if (state.length > 0) {
            session.setSessionState(struct(state));
        }
        return session.build();
    }

    private static Struct struct(String... keysAndValues) {
        Struct.Builder struct = Struct.newBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            struct.putFields(
                    keysAndValues[i],
                    Value.newBuilder().setStringValue(keysAndValues[i + 1]).build());
        }
        return struct.build();
    }
}
