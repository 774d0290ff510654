package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class FirestoreToAgentEngineTest {

    private static final int SESSIONS = 30;
    private static final int EVENTS = 12;

    @Test
    void fakeFirestore_movedToAgentEngine_isEqual_andStaysSo() {
        try (FakeFirestore firestore = FakeFirestore.start()) {
            moveAndProve(firestore.endpoint());
        }
    }

    @Test
    void officialEmulator_movedToAgentEngine_isEqual_andStaysSo() {
        Optional<FirestoreEmulator> emulator = FirestoreEmulator.findShared();
        assumeTrue(emulator.isPresent(), FirestoreEmulator::absenceReason);

        moveAndProve(emulator.get().endpoint());
    }

    private static void moveAndProve(String firestore) {
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-flat&emulator=" + firestore;
            String to = EmulateAgentEngineCommand.address(engine.endpoint());

            Run generate = Run.of("generate", "--to", from, "--sessions", "" + SESSIONS, "--events", "" + EVENTS);
            Run migrate = Run.of("migrate", "--from", from, "--to", to, "--json");
            Run validate = Run.of("validate", "--from", from, "--to", to, "--json");
            Run again = Run.of("migrate", "--from", from, "--to", to, "--json");

            assertThat(generate.exitCode()).as(generate.err()).isZero();
            assertThat(migrate.exitCode()).as(migrate.err()).isZero();
            assertThat(migrate.json().get("migrated").asInt()).isEqualTo(SESSIONS);
            assertThat(migrate.json().get("eventsAppended").asInt()).isEqualTo(SESSIONS * EVENTS);
            assertThat(validate.exitCode()).as(validate.out()).isZero();
            assertThat(validate.json().get("matched").asInt()).isEqualTo(SESSIONS);
            assertThat(again.exitCode()).isZero();
            assertThat(again.json().get("migrated").asInt()).isZero();
            assertThat(again.json().get("unchanged").asInt()).isEqualTo(SESSIONS);
            assertThat(again.json().get("eventsAppended").asInt()).isZero();
            assertThat(engine.sessionCount(EmulateAgentEngineCommand.ENGINE)).isGreaterThanOrEqualTo(SESSIONS);
        }
    }

    @Test
    void dumpsOfAdk_movedToAgentEngine_areEqual() {
        Path dumps = Path.of("").toAbsolutePath().getParent().resolveSibling("shared/data/adk-sessions");
        assumeTrue(Files.isDirectory(dumps), () -> "no dumps in " + dumps);

        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = "file:" + dumps + "?layout=adk-json";
            String to = EmulateAgentEngineCommand.address(engine.endpoint());

            Run migrate = Run.of("migrate", "--from", from, "--to", to, "--json");
            Run validate = Run.of("validate", "--from", from, "--to", to, "--json");

            assertThat(migrate.exitCode()).as(migrate.err()).isZero();
            assertThat(migrate.json().get("migrated").asInt()).isPositive();
            assertThat(validate.exitCode()).as(validate.out()).isZero();
            assertThat(validate.json().get("matched")).isEqualTo(migrate.json().get("migrated"));
        }
    }

    @Test
    void agentEngineWithAQuota_isMovedToWithinIt_andItsUseIsReported() {
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = "memory:" + UUID.randomUUID();
            String to = EmulateAgentEngineCommand.address(engine.endpoint())
                    + "&quota.writes=60000&quota.appends=60000&quota.reads=600000";

            Run generate = Run.of("generate", "--to", from, "--sessions", "20", "--events", "5");
            Run migrate = Run.of("migrate", "--from", from, "--to", to, "--reserve", "50%");
            Run again = Run.of("migrate", "--from", from, "--to", to, "--reserve", "50%", "--json");

            assertThat(generate.exitCode()).as(generate.err()).isZero();
            assertThat(migrate.exitCode()).as(migrate.err()).isZero();
            assertThat(migrate.out())
                    .containsPattern("1\\d\\d  events appended, \\d+ % of the 30,000 a minute allowed, 0 refused");
            assertThat(again.exitCode()).as(again.err()).isZero();
            assertThat(again.json().at("/quotas/0/kind").asText()).isEqualTo("session writes");
            assertThat(again.json().at("/quotas/0/perMinute").asDouble()).isEqualTo(30_000);
            assertThat(again.json().at("/quotas/0/made").asLong()).isZero();
            assertThat(again.json().at("/quotas/2/kind").asText()).isEqualTo("reads");
            assertThat(again.json().at("/quotas/2/made").asLong()).isPositive();
        }
    }

    @Test
    void agentEngineThatIsNotThere_failsTheRun_inWords() {
        Run run = Run.of(
                "validate",
                "--from",
                "memory:" + UUID.randomUUID(),
                "--to",
                EmulateAgentEngineCommand.address("127.0.0.1:1") + "&timeout=1s",
                "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out() + run.err()).contains("UNAVAILABLE").doesNotContain("\tat ");
    }
}
