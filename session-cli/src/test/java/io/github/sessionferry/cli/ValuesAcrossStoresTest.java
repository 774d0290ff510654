package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every kind of value, from Firestore to Agent Engine and back into another Firestore. */
class ValuesAcrossStoresTest {

    private static final SessionKey KEY = new SessionKey("shop", "ana", "s1");
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123456Z");

    /** What a Struct cannot hold as it is, and how many of each kind there are. */
    private static final Map<String, Integer> ENCODINGS =
            Map.of("int64", 3, "bytes", 2, "timestamp", 1, "double", 6, "tagged", 2);

    @Test
    void everyValue_movedThereAndBack_comesBackEqual_andPlainOnesStayPlain() {
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = firestore(firestore);
            String through = EmulateAgentEngineCommand.address(engine.endpoint());
            String to = firestore(firestore);
            Session session = session();
            store(from, session);

            Run there = Run.of("migrate", "--from", from, "--to", through, "--json");
            Run back = Run.of("migrate", "--from", through, "--to", to, "--json");
            Run proof = Run.of("validate", "--from", from, "--to", to, "--json");
            Run proofThrough = Run.of("validate", "--from", from, "--to", through, "--json");

            assertThat(there.exitCode()).as(there.err()).isZero();
            assertThat(back.exitCode()).as(back.err()).isZero();
            Session found = found(to);
            assertThat(found.state()).isEqualTo(session.state());
            assertThat(found.events()).isEqualTo(session.events());
            assertThat(found.fields()).isEqualTo(session.fields());
            assertThat(proof.exitCode()).as(proof.out()).isZero();
            assertThat(proofThrough.exitCode()).as(proofThrough.out()).isZero();
            assertThat(encodings(there)).isEqualTo(twice(ENCODINGS));
            assertThat(encodings(back)).isEmpty();
            assertPlain(stateForOtherReaders(engine));
        }
    }

    private static Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(plainValues());
        values.put("max", Long.MAX_VALUE);
        values.put("min", Long.MIN_VALUE);
        values.put("past2^53", (1L << 53) + 1);
        values.put("bytes", Bytes.copyOf(new byte[] {0, -1, 127}));
        values.put("noBytes", Bytes.copyOf(new byte[0]));
        values.put("time", TIME);
        values.put("nan", Double.NaN);
        values.put("infinity", Double.POSITIVE_INFINITY);
        values.put("minusInfinity", Double.NEGATIVE_INFINITY);
        values.put("minusZero", -0.0);
        values.put("oneAsDouble", 1.0);
        values.put("place", new TaggedValue("geopoint", Map.of("latitude", 48.2, "longitude", 16.5)));
        values.put("document", new TaggedValue("reference", "projects/p/databases/(default)/documents/users/ana"));
        values.put("nested", Map.of("list", List.of(Map.of("deep", List.of(2.0, 2L)), "x")));
        return values;
    }

    private static Map<String, @Nullable Object> plainValues() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("one", 1L);
        values.put("exact", 1L << 53);
        values.put("half", 0.5);
        values.put("text", "tea ☕");
        values.put("flag", true);
        values.put("nothing", null);
        values.put("emptyMap", Map.of());
        values.put("emptyList", List.of());
        values.put("list", Arrays.asList("a", null, 3L));
        return values;
    }

    private static Session session() {
        SessionEvent event = SessionEvent.builder("e1", "user", TIME)
                .invocationId("i1")
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", "hello"))))
                .stateDelta(values())
                .build();
        return Session.builder(KEY, TIME.plusSeconds(1))
                .createTime(TIME)
                .state(values())
                .events(List.of(event))
                .build();
    }

    private static Map<String, Integer> twice(Map<String, Integer> counts) {
        Map<String, Integer> twice = new LinkedHashMap<>();
        counts.forEach((kind, count) -> twice.put(kind, 2 * count));
        return twice;
    }

    private static Map<String, Integer> encodings(Run migration) {
        return new ObjectMapper().convertValue(migration.json().get("encodings"), new TypeReference<>() {});
    }

    private static String firestore(FakeFirestore firestore) {
        return "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-flat&emulator=" + firestore.endpoint();
    }

    private static void store(String address, Session session) {
        try (SessionService store = SessionStores.open(address)) {
            store.store(session, Precondition.none());
        }
    }

    private static Session found(String address) {
        try (SessionService store = SessionStores.open(address)) {
            return store.find(KEY, EventSelection.all()).orElseThrow();
        }
    }

    /** The session's state as a client sees it that knows nothing of ours. */
    private static Struct stateForOtherReaders(FakeAgentEngine engine) {
        ManagedChannel channel = ManagedChannelBuilder.forTarget(engine.endpoint())
                .usePlaintext()
                .build();
        try {
            return SessionServiceGrpc.newBlockingStub(channel)
                    .listSessions(ListSessionsRequest.newBuilder()
                            .setParent(EmulateAgentEngineCommand.ENGINE)
                            .build())
                    .getSessions(0)
                    .getSessionState();
        } finally {
            channel.shutdownNow();
        }
    }

    private static void assertPlain(Struct state) {
        Map<String, Value> fields = state.getFieldsMap();
        assertThat(fields).containsKeys(plainValues().keySet().toArray(String[]::new));
        assertThat(fields.get("one").getNumberValue()).isEqualTo(1);
        assertThat(fields.get("exact").getNumberValue()).isEqualTo(1L << 53);
        assertThat(fields.get("half").getNumberValue()).isEqualTo(0.5);
        assertThat(fields.get("text").getStringValue()).isEqualTo("tea ☕");
        assertThat(fields.get("flag").getBoolValue()).isTrue();
        assertThat(fields.get("nothing").hasNullValue()).isTrue();
        assertThat(fields.get("emptyMap").getStructValue().getFieldsMap()).isEmpty();
        assertThat(fields.get("emptyList").getListValue().getValuesList()).isEmpty();
        assertThat(fields.get("list").getListValue().getValuesList())
                .extracting(Value::getKindCase)
                .containsExactly(Value.KindCase.STRING_VALUE, Value.KindCase.NULL_VALUE, Value.KindCase.NUMBER_VALUE);
        assertThat(fields.get("oneAsDouble").getStructValue().getFieldsMap()).containsKey("$type");
    }
}
