package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a migration from the official Firestore emulator to an Agent Engine emulator in a process of its own, again and
 * again, and resumes it each time. How much of it is set by the system properties {@code crash.sessions},
 * {@code crash.events}, {@code crash.kills} and {@code crash.seed}.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class CrashTest {

    private static final int SESSIONS = Integer.getInteger("crash.sessions", 60);
    private static final int EVENTS = Integer.getInteger("crash.events", 6);
    private static final int KILLS = Integer.getInteger("crash.kills", 5);
    private static final long SEED = Long.getLong("crash.seed", 20_261_122L);

    @TempDir
    private Path folder;

    @Test
    void migration_killedAtRandomMomentsAndResumed_isEqual_andNoEventIsThereTwice() throws Exception {
        Optional<FirestoreEmulator> firestore = FirestoreEmulator.findShared();
        assumeTrue(firestore.isPresent(), FirestoreEmulator::absenceReason);
        String from = "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-flat&emulator="
                + firestore.get().endpoint();
        Process emulator = ChildJvm.start("emulate", "agent-engine", "--json");
        try (BufferedReader out = emulator.inputReader(StandardCharsets.UTF_8)) {
            JsonNode engine = new ObjectMapper().readTree(out.readLine());

            assertThat(Run.of("generate", "--to", from, "--sessions", "" + SESSIONS, "--events", "" + EVENTS)
                            .exitCode())
                    .isZero();

            killAndResume(
                    from, engine.get("uri").asText(), engine.get("endpoint").asText());
        } finally {
            emulator.destroyForcibly();
        }
    }

    private void killAndResume(String from, String to, String endpoint) throws Exception {
        Path journal = folder.resolve("run.jsonl");
        String[] migrate = {"migrate", "--from", from, "--to", to, "--journal", "" + journal, "--resume", "--json"};
        Random random = new Random(SEED);
        for (int kill = 1; kill <= KILLS; kill++) {
            killAfter(1 + random.nextInt(Math.max(1, SESSIONS / (2 * KILLS))), journal, migrate);
        }

        Run last = Run.of(migrate);
        Run validate = Run.of("validate", "--from", from, "--to", to, "--json");

        assertThat(last.exitCode()).as("seed %s: %s", SEED, last.err()).isZero();
        assertThat(last.json().get("attempts").asInt()).isEqualTo(KILLS + 1);
        assertThat(last.json().get("done").asInt()).as("seed %s", SEED).isEqualTo(SESSIONS);
        assertThat(validate.exitCode()).as("seed %s: %s", SEED, validate.out()).isZero();
        assertThat(validate.json().get("matched").asInt()).isEqualTo(SESSIONS);
        Map<String, List<String>> events = RawEvents.bySession(endpoint);
        assertThat(events).hasSize(SESSIONS);
        assertThat(events)
                .allSatisfy((session, ids) -> assertThat(ids)
                        .as("events of %s, seed %s", session, SEED)
                        .hasSize(EVENTS)
                        .doesNotHaveDuplicates());
    }

    /** Kills a run when the journal has so many sessions more, so that it is in the middle of others. */
    private static void killAfter(int sessions, Path journal, String... migrate) throws Exception {
        long killAt = sessionLines(journal) + sessions;
        Process run = ChildJvm.start(migrate);
        try {
            while (sessionLines(journal) < killAt && run.isAlive()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
        } finally {
            run.destroyForcibly();
        }
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as("killed in the middle, not ended").isEqualTo(128 + 9);
    }

    private static long sessionLines(Path journal) throws IOException {
        if (!Files.exists(journal)) {
            return 0;
        }
        Set<String> done = new HashSet<>();
        try (BufferedReader lines = Files.newBufferedReader(journal)) {
            lines.lines().filter(line -> line.contains("\"session\":")).forEach(done::add);
        }
        return done.size();
    }
}
