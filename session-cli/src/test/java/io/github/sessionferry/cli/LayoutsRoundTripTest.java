package io.github.sessionferry.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.Blob;
import com.google.cloud.firestore.BulkWriter;
import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.FieldValue;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import com.google.cloud.firestore.GeoPoint;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Documents as the owners of the layouts write them, to Agent Engine and back into an empty database. */
@SuppressWarnings("try") // whoever interrupts a test ends it
class LayoutsRoundTripTest {

    private static final int FEW = 12;

    /** The emulator searches all its documents for each query: 500 take minutes. */
    private static final int SOME = Integer.getInteger("layouts.sessions", 40);

    private static final int SESSIONS_OF_A_USER = 5;
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    /** The layouts, with what their owners write. */
    enum Owner {
        ADK_FLAT("adk-flat", List.of("sessions", "app_state", "user_state")) {

            @Override
            String path(int number) {
                return "sessions/s" + number;
            }

            @Override
            void write(Writer writer, int number) {
                Instant created = TIME.plusSeconds(number);
                writer.write(
                        path(number),
                        Map.of(
                                "id",
                                "s" + number,
                                "app_name",
                                "shop",
                                "user_id",
                                user(number),
                                "state",
                                Map.of(
                                        "topic",
                                        "ferry " + number,
                                        "n",
                                        (long) number,
                                        "x",
                                        number / 2.0,
                                        "values",
                                        writer.values(2)),
                                "last_update_time",
                                seconds(created) + 2));
                for (int i = 0; i < 2; i++) {
                    writer.write(
                            path(number) + "/events/e" + i,
                            Map.of(
                                    "id",
                                    "e" + i,
                                    "invocation_id",
                                    "i" + number,
                                    "author",
                                    i == 0 ? "user" : "agent",
                                    "timestamp",
                                    seconds(created) + i + 0.25,
                                    "partial",
                                    false,
                                    "content",
                                    Map.of("role", i == 0 ? "user" : "model", "parts", List.of(Map.of("text", "hi"))),
                                    "actions",
                                    Map.of("state_delta", Map.of("n", (long) i, "values", writer.values(3)))));
                }
            }

            @Override
            void writeShared(Writer writer, int users) {
                writer.write("app_state/shop", Map.of("motd", "hello"));
                for (int i = 0; i < users; i++) {
                    writer.write("user_state/shop/users/u" + i, Map.of("theme", "theme " + i));
                }
            }
        },

        ADK_JAVA("adk-java", List.of("adk-session")) {

            @Override
            String path(int number) {
                return "adk-session/" + user(number) + "/sessions/s" + number;
            }

            @Override
            void write(Writer writer, int number) {
                Instant created = TIME.plusSeconds(number);
                writer.write(
                        path(number),
                        Map.of(
                                "id",
                                "s" + number,
                                "appName",
                                "shop",
                                "userId",
                                user(number),
                                "state",
                                Map.of(
                                        "topic",
                                        "ferry " + number,
                                        "values",
                                        writer.values(2),
                                        "user:theme",
                                        "theme of " + user(number),
                                        "app:motd",
                                        "hello"),
                                "updateTime",
                                created.plusMillis(1500).toString()));
                List<Map<String, Object>> parts = List.of(
                        Map.of("text", "Which ferries go to island number " + number + " tomorrow?"),
                        Map.of("functionCall", Map.of("name", "look", "args", writer.values(5))),
                        Map.of("functionResponse", Map.of("name", "look", "response", Map.of("n", (long) number))),
                        Map.of("fileData", Map.of("fileUri", "gs://b/" + number, "mimeType", "image/png")));
                for (int i = 0; i < parts.size(); i++) {
                    Map<String, Object> event = new LinkedHashMap<>(Map.of(
                            "author",
                            i == 0 ? user(number) : "agent",
                            "timestamp",
                            created.plusMillis(500L * i).toString(),
                            "appName",
                            "shop",
                            "userId",
                            user(number),
                            "content",
                            Map.of("parts", List.of(parts.get(i)))));
                    if (i == 0) {
                        event.put("keywords", List.of("number", "ferries", "go", "tomorrow", "which", "island"));
                    }
                    writer.write(path(number) + "/user-event/" + randomId(number, i), event);
                }
            }

            /** Documents of no order. */
            private String randomId(int number, int event) {
                return UUID.nameUUIDFromBytes(new byte[] {(byte) number, (byte) event})
                        .toString()
                        .substring(0, 20);
            }
        },

        ADK_PYTHON("adk-python", List.of("adk-session", "app_states", "user_states")) {

            @Override
            String path(int number) {
                return "adk-session/shop/users/" + user(number) + "/sessions/s" + number;
            }

            @Override
            void write(Writer writer, int number) {
                Instant created = TIME.plusSeconds(number);
                writer.write(
                        path(number),
                        Map.of(
                                "id",
                                "s" + number,
                                "appName",
                                "shop",
                                "userId",
                                user(number),
                                "state",
                                number % 2 == 0
                                        ? "{\"n\":" + number + ",\"x\":1.0,\"a.b\":{\"\":[[],{},null]}}"
                                        : Map.of("n", (long) number, "values", writer.values(2)),
                                "createTime",
                                timestamp(created),
                                "updateTime",
                                timestamp(created.plusMillis(1500)),
                                "revision",
                                (long) number % 3));
                for (int i = 0; i < 2; i++) {
                    Instant time = created.plusMillis(500L * i);
                    Object seconds = i == 0 ? (Object) seconds(time) : time.toString();
                    writer.write(
                            path(number) + "/events/e" + i,
                            Map.of(
                                    "event_data",
                                    Map.of(
                                            "id",
                                            "e" + i,
                                            "invocation_id",
                                            "i" + number,
                                            "author",
                                            "agent",
                                            "timestamp",
                                            seconds,
                                            "content",
                                            Map.of(
                                                    "role",
                                                    "model",
                                                    "parts",
                                                    List.of(Map.of(
                                                            "inline_data",
                                                            Map.of("data", "_-8=", "mime_type", "image/png")))),
                                            "actions",
                                            Map.of(
                                                    "state_delta",
                                                    Map.of("values", writer.values(4)),
                                                    "artifact_delta",
                                                    Map.of("a", (long) i)),
                                            "usage_metadata",
                                            Map.of("total_token_count", (long) number)),
                                    "timestamp",
                                    timestamp(time),
                                    "appName",
                                    "shop",
                                    "userId",
                                    user(number)));
                }
            }

            @Override
            void writeShared(Writer writer, int users) {
                writer.write("app_states/shop", Map.of("motd", "hello"));
                for (int i = 0; i < users; i++) {
                    writer.write("user_states/shop/users/u" + i, Map.of("theme", "theme " + i));
                }
            }
        };

        private final String layout;

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        private final List<String> collections;

        Owner(String layout, List<String> collections) {
            this.layout = layout;
            this.collections = collections;
        }

        abstract String path(int number);

        abstract void write(Writer writer, int number);

        void writeShared(Writer writer, int users) {}

        static String user(int number) {
            return "u" + number / SESSIONS_OF_A_USER;
        }

        static double seconds(Instant time) {
            return time.toEpochMilli() / 1000.0;
        }

        static Timestamp timestamp(Instant time) {
            return Timestamp.ofTimeSecondsAndNanos(time.getEpochSecond(), time.getNano());
        }

        String address(String project, String endpoint) {
            return "firestore://" + project + "?layout=" + layout + "&emulator=" + endpoint;
        }
    }

    /** Writes documents as they are. */
    record Writer(Firestore firestore, BulkWriter bulk, List<Future<?>> begun) {

        void write(String path, Map<String, Object> fields) {
            begun.add(bulk.set(firestore.document(path), fields));
        }

        /** Everything that Firestore can hold, with the maps and lists around it, this one included, to 20 levels. */
        Map<String, @Nullable Object> values(int around) {
            Map<String, @Nullable Object> values = new HashMap<>();
            values.put("nothing", null);
            values.put("flag", true);
            values.put("max", Long.MAX_VALUE);
            values.put("past 2^53", -(1L << 53) - 1);
            values.put("one as double", 1.0);
            values.put("minus zero", -0.0);
            values.put("nan", Double.NaN);
            values.put("infinity", Double.POSITIVE_INFINITY);
            values.put("minus infinity", Double.NEGATIVE_INFINITY);
            values.put("text", "tea \u2615\n\"");
            values.put("time", Timestamp.ofTimeSecondsAndNanos(-1, 123_456_000));
            values.put("bytes", Blob.fromBytes(new byte[] {0, -1, 127}));
            values.put("no bytes", Blob.fromBytes(new byte[0]));
            values.put("place", new GeoPoint(48.2, -16.5));
            values.put("document", firestore.document("users/ana"));
            values.put("vector", FieldValue.vector(new double[] {0.5, -0.0, 1e300}));
            values.put("empty map", Map.of());
            values.put("empty list", List.of());
            values.put("list", Arrays.asList("a", null, Map.of("b", List.of(1L, 1.0))));
            values.put("a.b", Map.of("c.d`/*[]", "dotted"));
            values.put("deep", deep(20 - around));
            return values;
        }

        private static Object deep(int levels) {
            Object deep = "deep";
            for (int level = 0; level < levels; level++) {
                deep = level % 2 == 0 ? List.of(deep) : Map.of("k", deep);
            }
            return deep;
        }
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void fakeFirestore_movedToAgentEngineAndBack_hasTheSameDocuments(Owner owner) throws Exception {
        try (FakeFirestore firestore = FakeFirestore.start()) {
            moveThereAndBack(owner, FEW, firestore.endpoint());
        }
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void officialEmulator_movedToAgentEngineAndBack_hasTheSameDocuments(Owner owner) throws Exception {
        Optional<FirestoreEmulator> emulator = FirestoreEmulator.findShared();
        assumeTrue(emulator.isPresent(), FirestoreEmulator::absenceReason);

        moveThereAndBack(owner, SOME, emulator.get().endpoint());
    }

    private static void moveThereAndBack(Owner owner, int sessions, String endpoint) throws Exception {
        String source = "p" + UUID.randomUUID();
        String empty = "p" + UUID.randomUUID();
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String through = EmulateAgentEngineCommand.address(engine.endpoint());
            writeAll(owner, sessions, source, endpoint);

            Run there = Run.of("migrate", "--from", owner.address(source, endpoint), "--to", through, "--json");
            Run proof = Run.of("validate", "--from", owner.address(source, endpoint), "--to", through, "--json");
            Run again = Run.of("migrate", "--from", owner.address(source, endpoint), "--to", through, "--json");
            Run back = Run.of("migrate", "--from", through, "--to", owner.address(empty, endpoint), "--json");

            assertThat(there.exitCode()).as(there.err()).isZero();
            assertThat(there.json().get("migrated").asInt()).isEqualTo(sessions);
            assertThat(there.json().path("synthesisedIds").path("event").asInt())
                    .isEqualTo(owner == Owner.ADK_JAVA ? 4 * sessions : 0);
            assertThat(proof.exitCode()).as(proof.out()).isZero();
            assertThat(proof.json().get("matched").asInt()).isEqualTo(sessions);
            assertThat(again.json().get("unchanged").asInt()).isEqualTo(sessions);
            assertThat(back.exitCode()).as(back.err()).isZero();
            Map<String, Map<String, Object>> written = documents(owner, source, endpoint);
            assertThat(written).hasSizeGreaterThanOrEqualTo(3 * sessions);
            assertThat(documents(owner, empty, endpoint)).isEqualTo(written);
        }
    }

    private static void writeAll(Owner owner, int sessions, String project, String endpoint) throws Exception {
        try (Firestore firestore = client(project, endpoint);
                BulkWriter bulk = firestore.bulkWriter()) {
            Writer writer = new Writer(firestore, bulk, new ArrayList<>());
            for (int number = 0; number < sessions; number++) {
                owner.write(writer, number);
            }
            owner.writeShared(writer, (sessions + SESSIONS_OF_A_USER - 1) / SESSIONS_OF_A_USER);
            bulk.flush().get(60, TimeUnit.SECONDS);
            for (Future<?> write : writer.begun()) {
                write.get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static Map<String, Map<String, Object>> documents(Owner owner, String project, String endpoint)
            throws Exception {
        Map<String, Map<String, Object>> found = new TreeMap<>();
        try (Firestore firestore = client(project, endpoint)) {
            for (String collection : owner.collections) {
                collect(firestore.collection(collection), found);
            }
        }
        return found;
    }

    /** The documents that are below a collection, those of this project's own left out. */
    private static void collect(CollectionReference collection, Map<String, Map<String, Object>> found)
            throws Exception {
        if (collection.getId().equals("ferry")) {
            return;
        }
        for (QueryDocumentSnapshot document : collection.get().get(60, TimeUnit.SECONDS)) {
            found.put(document.getReference().getPath(), comparable(document.getData()));
        }
        for (DocumentReference document : collection.listDocuments()) {
            for (CollectionReference inner : document.listCollections()) {
                collect(inner, found);
            }
        }
    }

    /** References belong to a client and are equal by it; the order of JSON's fields means nothing. */
    @SuppressWarnings("unchecked") // what is given is a map
    private static Map<String, Object> comparable(Map<String, Object> fields) {
        return (Map<String, Object>) requireNonNull(comparableValue(fields));
    }

    private static @Nullable Object comparableValue(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, element) -> sorted.put(key, comparableValue(element)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(comparableValue(element)));
            return elements;
        }
        if (value instanceof String text && text.startsWith("{")) {
            return Json.read(text);
        }
        return value instanceof DocumentReference ? value.toString() : value;
    }

    private static Firestore client(String project, String endpoint) {
        return FirestoreOptions.newBuilder()
                .setProjectId(project)
                .setEmulatorHost(endpoint)
                .build()
                .getService();
    }
}
