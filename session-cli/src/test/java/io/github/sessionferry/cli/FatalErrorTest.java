package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that meets a fatal error in the middle takes back what it has created, or keeps it if it is told to. */
@Timeout(120)
class FatalErrorTest {

    private static final int SESSIONS = 20;
    private static final int MOVED = 8;

    @TempDir
    private Path folder;

    private final String from = "memory:" + UUID.randomUUID();

    @Test
    void permissionLost_takesBackWhatWasCreated_andSaysSo() {
        try (FakeAgentEngine engine = filled(Status.PERMISSION_DENIED)) {
            Run run = migrate(engine);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err().lines())
                    .anyMatch(line -> line.contains("✘ Stopped after"))
                    .anyMatch(line -> line.startsWith("  PERMISSION_DENIED: "))
                    .contains("Taken back, of the sessions that the run had created:")
                    .contains(counted(MOVED, "removed from the target"))
                    .contains(counted(0, "left, for they were changed since or hold more than the source"))
                    .contains(counted(0, "could not be removed"));
            assertThat(run.json().at("/stopReason/code").asText()).isEqualTo("PERMISSION_DENIED");
            assertThat(run.json().at("/rollback/removed/count").asInt()).isEqualTo(MOVED);
            assertThat(run.json().at("/rollback/changed/count").asInt()).isZero();
            assertThat(run.json().at("/rollback/failed/count").asInt()).isZero();
            assertThat(inTarget(engine)).isZero();
        }
    }

    @Test
    void permissionLost_withKeep_leavesWhatWasCreated_andIsGoneOnWith() {
        try (FakeAgentEngine engine = filled(Status.PERMISSION_DENIED)) {
            Run run = migrate(engine, "--keep");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("✘ Stopped after").doesNotContain("Taken back");
            assertThat(run.json().has("rollback")).isFalse();
            assertThat(inTarget(engine)).isEqualTo(MOVED);

            engine.faults().clear();
            Run resumed = migrate(engine, "--keep", "--resume");

            assertThat(resumed.exitCode()).as(resumed.err()).isZero();
            assertThat(resumed.json().get("created").asInt()).isEqualTo(SESSIONS);
            assertThat(inTarget(engine)).isEqualTo(SESSIONS);
        }
    }

    @Test
    void failuresInARow_areFatalToo() {
        try (FakeAgentEngine engine = filled(Status.INTERNAL)) {
            Run run = migrate(engine, "--max-failures-in-a-row", "1");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("TOO_MANY_FAILURES: 1 failures in a row");
            assertThat(run.json().at("/rollback/removed/count").asInt()).isEqualTo(MOVED);
            assertThat(inTarget(engine)).isZero();
        }
    }

    /** An engine that takes some sessions and no more. */
    private FakeAgentEngine filled(Status refusal) {
        try (SessionService source = SessionStores.open(from)) {
            for (int i = 0; i < SESSIONS; i++) {
                source.create(NewSession.builder(new SessionKey("shop", "user", "s" + i))
                        .state(Map.of("n", (long) i))
                        .build());
            }
        }
        FakeAgentEngine engine = FakeAgentEngine.builder().start();
        engine.faults().on("CreateSession").skip(MOVED).failBefore(refusal);
        return engine;
    }

    private Run migrate(FakeAgentEngine engine, String... more) {
        String[] command = {
            "migrate",
            "--from",
            from,
            "--to",
            to(engine),
            "--journal",
            "" + folder.resolve("run.jsonl"),
            "--concurrency",
            "1",
            "--json"
        };
        String[] all = Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        return Run.of(all);
    }

    private int inTarget(FakeAgentEngine engine) {
        return Run.of("validate", "--from", from, "--to", to(engine), "--json")
                .json()
                .get("target")
                .asInt();
    }

    private static String to(FakeAgentEngine engine) {
        return EmulateAgentEngineCommand.address(engine.endpoint());
    }

    private static String counted(int number, String what) {
        return String.format("  %,12d  %s", number, what);
    }
}
