package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store is looked at from the command line before it is moved. */
@Timeout(120)
class AnalyzeCommandTest {

    private static final int SESSIONS = 20;

    @TempDir
    private Path folder;

    private final String source = "memory:" + UUID.randomUUID();
    private final String target = "memory:" + UUID.randomUUID();

    @BeforeEach
    void fillSource() {
        Run run = Run.of("generate", "--to", source, "--sessions", "" + SESSIONS, "--events", "4", "--users", "3");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void analyze_withoutATarget_tellsWhatThereIs() {
        Run run = Run.of("analyze", "--from", source);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "Analyzed: 20 sessions",
                        "3  users",
                        "80  events; a session has 4 at the median",
                        "of the kind state and events")
                .doesNotContain("A migration takes");
    }

    @Test
    void analyze_withATargetThatHasQuotas_tellsTheTimeAndWhatBindsIt() throws Exception {
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String address =
                    EmulateAgentEngineCommand.address(engine.endpoint()) + "&quota.appends=40&quota.writes=1000";

            Run run = Run.of("analyze", "--from", source, "--to", address, "--reserve", "50%", "--json");

            JsonNode estimate = run.json().at("/target/estimate");
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(estimate.get("seconds").asInt()).isEqualTo(SESSIONS * 4 * 60 / 20);
            assertThat(estimate.get("boundBy").asText()).isEqualTo("events appended (20/min)");
            assertThat(run.err()).contains("4 min, bound by events appended", "50 % of any quota left");
        }
    }

    @Test
    void analyze_ofFilesThatAreBroken_saysWhich_andFails() throws IOException {
        Path sessions = Files.createDirectory(folder.resolve("sessions"));
        Files.writeString(sessions.resolve("sess_good"), "{\"user_id\": 5, \"lang\": \"jp\"}");
        Files.writeString(sessions.resolve("sess_empty"), "");
        Path kinds = Files.writeString(
                folder.resolve("kinds.json"), "{\"kinds\": [{\"name\": \"signed in\", \"keys\": [\"user_id\"]}]}");

        Run run = Run.of(
                "analyze",
                "--from",
                "file:" + sessions + "?layout=web&userKey=user_id",
                "--to",
                target,
                "--kinds",
                "" + kinds,
                "--report",
                "" + folder.resolve("report"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("sess_empty: the file is empty", "1  of the kind signed in");
        assertThat(folder.resolve("report/analysis.md")).content().contains("sess_empty");
        assertThat(folder.resolve("report/analysis.json")).exists();
        assertThat(folder.resolve("report/analysis.html")).exists();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--concurrency 0 | concurrency",
                "--reserve 100% | reserve",
                "--kinds no-such-file | no-such-file",
                "--to nowhere:x | nowhere"
            })
    void analyze_withWrongOptions_isAWrongUsageInOneLine(String options, String reason) {
        List<String> arguments = new ArrayList<>(List.of("analyze", "--from", source));
        arguments.addAll(List.of(options.split(" ")));

        Run run = Run.of(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(reason);
    }

    @Test
    void analyze_ofTheTargetItself_isAWrongUsage() {
        assertThat(Run.of("analyze", "--from", source, "--to", source).exitCode())
                .isEqualTo(2);
    }
}
