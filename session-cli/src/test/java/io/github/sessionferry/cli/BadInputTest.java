package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong gets a clear line and the right exit code, and the rest is done. */
@Timeout(120)
class BadInputTest {

    private static final double TIME = 1_767_225_600.0;
    private static final int LONGEST_LINE = 600;
    private static final String MIB_AND_MORE = "x".repeat(1_200_000);
    private static final String TEN_KB = "y".repeat(10_000);
    private static final String NOBODY_LISTENS = "127.0.0.1:1";

    private static FakeFirestore firestore;
    private static FakeAgentEngine engine;

    @TempDir
    private Path folder;

    private final String app = "app-" + UUID.randomUUID();
    private Path dumps;

    @BeforeAll
    static void startStores() {
        firestore = FakeFirestore.start();
        engine = FakeAgentEngine.builder()
                .onlyEngines(EmulateAgentEngineCommand.ENGINE)
                .start();
    }

    @AfterAll
    static void stopStores() {
        firestore.close();
        engine.close();
    }

    @BeforeEach
    void makeDumps() throws IOException {
        dumps = Files.createDirectory(folder.resolve("dumps"));
        dump("good", session("good"));
    }

    // ---- records that are wrong

    static Stream<Arguments> unreadableFields() {
        return Stream.of(
                arguments("state", "a text", "state is not a map"),
                arguments("last_update_time", "yesterday", "last_update_time is not a time"),
                arguments("last_update_time", true, "last_update_time is not a time"),
                arguments("last_update_time", Map.of("seconds", 1), "last_update_time is not a time"),
                arguments("app_name", 7, "app_name is not a string"),
                arguments("id", "", "sessionId is empty"));
    }

    @ParameterizedTest
    @MethodSource("unreadableFields")
    void dump_withAFieldThatIsWrong_isSkipped(String field, Object value, String reason) throws IOException {
        dump("bad", with(session("bad"), field, value));

        assertSkips(migrate(dumpsAddress(), memory()), "CORRUPT", "bad.json", reason);
    }

    @ParameterizedTest
    @MethodSource("unreadableFields")
    void firestoreDocument_withAFieldThatIsWrong_isSkipped(String field, Object value, String reason) throws Exception {
        String address = firestoreAddress();

        fill(address, with(session("bad"), field, value), event("e1", TIME));

        assertSkips(migrate(address, memory()), "CORRUPT", "sessions/bad", reason);
    }

    static Stream<Arguments> unreadableTimes() {
        return Stream.of(arguments(null, "timestamp"), arguments("noon", "timestamp"), arguments(false, "timestamp"));
    }

    @ParameterizedTest
    @MethodSource("unreadableTimes")
    void event_withoutAGoodTime_skipsItsSession(Object time, String reason) throws Exception {
        dump("bad", with(session("bad"), "events", List.of(event("e1", time))));
        String address = firestoreAddress();
        fill(address, session("bad"), event("e1", time));

        assertSkips(migrate(dumpsAddress(), memory()), "CORRUPT", "bad.json", reason);
        assertSkips(migrate(address, memory()), "CORRUPT", "bad", reason);
    }

    @Test
    void firestoreDocument_withoutAnUpdateTime_isSkipped() throws Exception {
        String address = firestoreAddress();
        Map<String, Object> bad = session("bad");
        bad.remove("last_update_time");
        fill(address, bad, event("e1", TIME));

        assertSkips(migrate(address, memory()), "CORRUPT", "sessions/bad", "last_update_time");
    }

    // ---- sessions that a target cannot keep

    @ParameterizedTest
    @CsvSource({"state", "event"})
    void sessionOfMoreThanAMebibyte_intoFirestore_isSkipped(String where) throws IOException {
        dump("bad", large(where));

        assertSkips(migrate(dumpsAddress(), firestoreAddress()), "INVALID_SESSION", "bad", "1");
    }

    @ParameterizedTest
    @CsvSource({"state", "event"})
    void sessionOfMoreThanAMebibyte_intoAgentEngine_isMoved(String where) throws IOException {
        dump("bad", large(where));

        assertMoves(EmulateAgentEngineCommand.address(engine.endpoint()));
    }

    @Test
    void idOfTenKilobytes_intoAgentEngine_isSkipped() throws IOException {
        dump("bad", session(TEN_KB));

        assertSkips(migrate(dumpsAddress(), agentEngine()), "INVALID_SESSION", "(10000 characters)", "too long");
    }

    @Test
    void emptyUserId_intoAgentEngine_isSkipped() throws IOException {
        dump("bad", with(session("bad"), "user_id", ""));

        assertSkips(migrate(dumpsAddress(), agentEngine()), "INVALID_SESSION", "user (empty)", "needs a user id");
    }

    static Stream<Arguments> hostileIds() {
        return Stream.of("a/b", "..", "a\nb", "\u202eabc\u0007", "\ud83d\ude00", "__x__", TEN_KB)
                .flatMap(id -> Stream.of("memory", "file", "firestore", "agentengine")
                        .filter(target -> !(id.equals(TEN_KB) && target.equals("agentengine")))
                        .map(target -> arguments(id, target)));
    }

    @ParameterizedTest
    @MethodSource("hostileIds")
    void hostileId_isMovedToEachStore(String id, String target) throws IOException {
        dump("bad", with(session(id), "user_id", id.equals(TEN_KB) ? "user" : id));

        assertMoves(
                switch (target) {
                    case "memory" -> memory();
                    case "file" -> "file:" + folder.resolve("store") + "?create=true";
                    case "firestore" -> firestoreAddress();
                    default -> agentEngine();
                });
    }

    // ---- stores that are not there

    @ParameterizedTest
    @CsvSource({"migrate, --from", "migrate, --to", "validate, --from", "validate, --to"})
    void refusedConnection_endsTheCommandSoon_andSaysWhere(String command, String option) {
        for (String address : List.of(
                "firestore://p/(default)?layout=adk-flat&timeout=1s&emulator=" + NOBODY_LISTENS,
                EmulateAgentEngineCommand.address(NOBODY_LISTENS))) {
            Instant begun = Instant.now();

            Run run = command(command, option, address);

            assertThat(run.exitCode()).isEqualTo(1);
            assertOneLine(run, NOBODY_LISTENS, "check the address");
            assertThat(run.json().at("/error/code").asText()).isEqualTo("UNAVAILABLE");
            assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @CsvSource({"migrate, --from", "migrate, --to", "validate, --from", "validate, --to"})
    void missingEngine_isAWrongUsage(String command, String option) {
        Run run = command(command, option, agentEngine().replace("reasoningEngines/1", "reasoningEngines/404"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, option + ": ", "reasoningEngines/404", "check project, location and engine");
    }

    private Run command(String command, String option, String address) {
        String other = option.equals("--from") ? "--to" : "--from";
        return Run.of(command, option, address, other, memory(), "--json");
    }

    // ---- files that cannot be written

    @Test
    void journal_thatIsAFolder_isAWrongUsage() {
        Run run = Run.of("migrate", "--from", dumpsAddress(), "--to", memory(), "--journal", "" + folder, "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "--journal: ", folder.toString());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void journal_onAFullDisk_isAWrongUsage_beforeAnythingIsDone() {
        Run run = Run.of("migrate", "--from", dumpsAddress(), "--to", memory(), "--journal", "/dev/full", "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "--journal: ", "/dev/full", "No space left");
    }

    @Test
    void report_intoAFile_isAWrongUsage_beforeAnythingIsDone() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        String target = memory();

        Run run = Run.of("migrate", "--from", dumpsAddress(), "--to", target, "--report", "" + file, "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "--report: ", file.toString(), "name one that can be written to");
        assertThat(Run.of("validate", "--from", dumpsAddress(), "--to", target, "--json")
                        .json()
                        .get("missing")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void concurrency_ofZero_isAWrongUsage() {
        Run run = Run.of("migrate", "--from", dumpsAddress(), "--to", memory(), "--concurrency", "0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertOneLine(run, "concurrency is 0", "at least 1");
    }

    // ---- what all have in common

    static void assertOneLine(Run run, String... parts) {
        assertThat(run.err().lines())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("error: ")
                .contains(parts)
                .hasSizeLessThan(LONGEST_LINE);
    }

    static void assertSkips(Run run, String code, String place, String reason) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.json().get("migrated").asInt()).as(run.err()).isEqualTo(1);
        assertThat(run.json().get("skipped").asInt()).isEqualTo(1);
        assertThat(run.json().get("failed").asInt()).isZero();
        JsonNode problem = run.json().at("/problems/0");
        assertThat(problem.get("code").asText()).isEqualTo(code);
        assertThat(problem.get("whatToDo").asText()).contains("run again");
        assertThat(run.err().lines())
                .allMatch(line -> line.length() < LONGEST_LINE && !line.startsWith("\tat "))
                .anyMatch(line -> line.startsWith("Skipped " + code))
                .anyMatch(line -> line.startsWith("  ") && line.contains(place) && line.contains(reason));
    }

    private void assertMoves(String target) {
        Run run = migrate(dumpsAddress(), target);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("migrated").asInt()).isEqualTo(2);
        assertThat(run.err().lines()).allMatch(line -> line.length() < LONGEST_LINE);
        Run validate = Run.of("validate", "--from", dumpsAddress(), "--to", target, "--json");
        assertThat(validate.json().get("matched").asInt()).as(validate.err()).isEqualTo(2);
        assertThat(validate.json().get("missing").asInt()).isZero();
    }

    private static Run migrate(String from, String to) {
        return Run.of("migrate", "--from", from, "--to", to, "--json");
    }

    private String dumpsAddress() {
        return "file:" + dumps + "?layout=adk-json";
    }

    private static String memory() {
        return "memory:" + UUID.randomUUID();
    }

    private static String agentEngine() {
        return EmulateAgentEngineCommand.address(engine.endpoint());
    }

    private static String firestoreAddress() {
        return "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-flat&emulator=" + firestore.endpoint();
    }

    /** Puts a good session and another one in. */
    private void fill(String address, Map<String, Object> session, Map<String, Object> event) throws Exception {
        Firestore client = client(address);
        try {
            put(client, "good", session("good"), event("e1", TIME));
            put(client, "bad", session, event);
        } finally {
            client.close();
        }
    }

    private static Firestore client(String address) {
        return FirestoreOptions.newBuilder()
                .setProjectId(address.replaceFirst("firestore://([^/]*)/.*", "$1"))
                .setEmulatorHost(firestore.endpoint())
                .build()
                .getService();
    }

    private static void put(Firestore client, String id, Map<String, Object> session, Map<String, Object> event)
            throws ExecutionException, InterruptedException {
        Map<String, Object> fields = new HashMap<>(session);
        fields.remove("events");
        DocumentReference document = client.collection("sessions").document(id);
        document.set(fields).get();
        document.collection("events").document("e1").set(event).get();
    }

    private void dump(String name, Map<String, Object> session) throws IOException {
        Files.writeString(dumps.resolve(name + ".json"), new ObjectMapper().writeValueAsString(session));
    }

    private Map<String, Object> session(String id) {
        Map<String, Object> session = new HashMap<>();
        session.put("id", id);
        session.put("app_name", app);
        session.put("user_id", "user");
        session.put("state", Map.of("n", 1));
        session.put("last_update_time", TIME);
        session.put("events", List.of());
        return session;
    }

    private Map<String, Object> large(String where) {
        if (where.equals("state")) {
            return with(session("bad"), "state", Map.of("text", MIB_AND_MORE));
        }
        Map<String, Object> event = event("e1", TIME);
        event.put("content", Map.of("parts", List.of(Map.of("text", MIB_AND_MORE))));
        return with(session("bad"), "events", List.of(event));
    }

    private static Map<String, Object> event(String id, Object time) {
        Map<String, Object> event = new HashMap<>();
        event.put("id", id);
        event.put("author", "user");
        event.put("invocation_id", "i");
        if (time != null) {
            event.put("timestamp", time);
        }
        return event;
    }

    private static Map<String, Object> with(Map<String, Object> map, String key, Object value) {
        map.put(key, value);
        return map;
    }
}
