package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class QuickstartCommandTest {

    private static final int SESSIONS = 20;

    @TempDir
    private Path folder;

    @Test
    void quickstart_movesAndProvesAndReports() throws IOException {
        Path reports = folder.resolve("reports");

        Run run = Run.of("quickstart", "--sessions", "" + SESSIONS, "--out", "" + reports, "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.json().get("command").asText()).isEqualTo("quickstart");
        assertThat(run.json().get("migrated").asInt()).isEqualTo(SESSIONS);
        assertThat(run.json().get("matched").asInt()).isEqualTo(SESSIONS);
        assertThat(run.json().get("failed").asInt()).isZero();
        assertThat(run.json().get("different").asInt()).isZero();
        assertThat(run.err()).contains("both stores hold the same", "20 int64", "20 timestamp", "" + reports);
        JsonNode migration =
                new ObjectMapper().readTree(reports.resolve("migration.json").toFile());
        assertThat(migration.at("/sharedState/written").asInt()).isPositive();
        assertThat(migration.at("/encodings/int64").asInt()).isEqualTo(SESSIONS);
        assertThat(reports.resolve("validation.md")).isNotEmptyFile();
    }

    @Test
    void quickstart_intoAFolderThatCannotBe_isAWrongUsage() {
        Run run = Run.of("quickstart", "--out", "/dev/null/reports");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: --out: cannot write").hasLineCount(1);
    }

    @Test
    void quickstart_withoutSessions_isAWrongUsage() {
        assertThat(Run.of("quickstart", "--sessions", "-1", "--out", "" + folder)
                        .exitCode())
                .isEqualTo(2);
    }
}
