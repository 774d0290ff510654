package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class InterruptionTest {

    private static final int SESSIONS = 200;

    @TempDir
    private Path folder;

    @Test
    void migrate_toldToStop_finishesWhatIsUnderWay_andReports() throws Exception {
        String from = "file:" + folder.resolve("sessions") + "?create=true";
        Run.of("generate", "--to", from, "--sessions", "" + SESSIONS, "--events", "3", "--users", "1");
        GrpcFaults slow = GrpcFaults.none();
        slow.on("AppendEvent").delayBefore(Duration.ofMillis(100));

        try (FakeAgentEngine engine = FakeAgentEngine.builder().faults(slow).start()) {
            String to = EmulateAgentEngineCommand.address(engine.endpoint());
            Process migrate = ChildJvm.start("migrate", "--from", from, "--to", to, "--report", "" + folder, "--json");
            while (engine.calls("AppendEvent") < 20) {
                assertThat(migrate.isAlive()).isTrue();
                LockSupport.parkNanos(1_000_000);
            }

            migrate.toHandle().destroy();

            assertThat(migrate.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(migrate.exitValue()).isEqualTo(128 + 15);
            JsonNode result = new ObjectMapper()
                    .readTree(new String(migrate.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertThat(result.get("ending").asText()).isEqualTo("cancelled");
            assertThat(result.get("failed").asInt()).isZero();
            assertThat(result.get("migrated").asInt()).isBetween(1, SESSIONS - 1);
            assertThat(result.get("eventsAppended").asInt())
                    .isEqualTo(result.get("migrated").asInt() * 3);
            assertThat(folder.resolve("migration.md")).content().contains("cancelled");

            slow.clear();
            assertThat(Run.of("migrate", "--from", from, "--to", to).exitCode()).isZero();
            assertThat(Run.of("validate", "--from", from, "--to", to).exitCode())
                    .isZero();
        }
    }
}
