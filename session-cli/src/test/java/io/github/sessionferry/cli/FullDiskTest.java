package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal's disk is full in the middle of a run: here, a file may not grow beyond a few kilobytes. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(180)
class FullDiskTest {

    private static final int SESSIONS = 20;
    private static final double TIME = 1_767_225_600.0;

    /** Room for the lines of all sessions but the one whose id alone is longer. */
    private static final int ROOM_IN_BLOCKS = 16;

    private static final int LONG = 10_000;

    @TempDir
    private Path folder;

    private Path dumps;
    private Path journal;

    @BeforeEach
    void makeDumps() throws IOException {
        dumps = Files.createDirectory(folder.resolve("dumps"));
        journal = folder.resolve("run.jsonl");
        for (int i = 0; i < SESSIONS; i++) {
            dump("session-%02d".formatted(i));
        }
    }

    /** The session whose line does not fit is the first of its page, one of the middle, or the last. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "session-10", "z"})
    void journalThatCannotGrow_stopsTheRun_andResumeCompletesIt(String where) throws Exception {
        dump(where + "x".repeat(LONG));
        try (FakeFirestore firestore = FakeFirestore.start()) {
            String to =
                    "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-flat&emulator=" + firestore.endpoint();

            Run stopped = ChildJvm.runWithSmallFiles(ROOM_IN_BLOCKS, migrate(to));

            assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
            assertThat(stopped.err().lines())
                    .anySatisfy(line ->
                            assertThat(line).contains("JOURNAL: ", journal.toString(), "File too large", "make room"))
                    .noneMatch(line -> line.startsWith("\tat "));
            JsonNode report = stopped.json();
            assertThat(report.get("ending").asText()).isEqualTo("stopped");
            assertThat(report.at("/stopReason/code").asText()).isEqualTo("JOURNAL");
            assertThat(report.has("rollback")).isFalse();
            JsonNode between =
                    Run.of("validate", "--from", from(), "--to", to, "--json").json();
            assertThat(between.get("matched").asInt() + between.get("missing").asInt())
                    .as("each is there whole, or not at all: %s", between)
                    .isEqualTo(SESSIONS + 1);

            Run resumed = Run.of(migrate(to));

            assertThat(resumed.exitCode()).as(resumed.err()).isZero();
            assertThat(resumed.json().get("done").asInt()).isEqualTo(SESSIONS + 1);
            assertThat(resumed.json().get("attempts").asInt()).isEqualTo(2);
            Run proof = Run.of("validate", "--from", from(), "--to", to, "--json");
            assertThat(proof.exitCode()).as(proof.err()).isZero();
            assertThat(proof.json().get("matched").asInt()).isEqualTo(SESSIONS + 1);
        }
    }

    private String[] migrate(String to) {
        return new String[] {
            "migrate",
            "--from",
            from(),
            "--to",
            to,
            "--journal",
            journal.toString(),
            "--resume",
            "--concurrency",
            "1",
            "--json"
        };
    }

    private String from() {
        return "file:" + dumps + "?layout=adk-json";
    }

    private void dump(String id) throws IOException {
        List<Map<String, Object>> events = List.of(event("e1"), event("e2"), event("e3"));
        Map<String, Object> session = Map.of(
                "id",
                id,
                "app_name",
                "shop",
                "user_id",
                "user",
                "state",
                Map.of("n", 1),
                "last_update_time",
                TIME,
                "events",
                events);
        String file = id.length() < LONG ? id : id.substring(0, 20);
        Files.writeString(dumps.resolve(file + ".json"), new ObjectMapper().writeValueAsString(session));
    }

    private static Map<String, Object> event(String id) {
        return Map.of("id", id, "author", "user", "invocation_id", "i", "timestamp", TIME);
    }
}
