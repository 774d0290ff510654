package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import io.github.sessionferry.migration.MigrationReport.SharedState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {

    private static final SessionKey HOSTILE = new SessionKey(
            "app|x", "", "a\n# `b` | <script>alert(1)</script> [x](http://evil) \u202e" + "z".repeat(500));

    @Test
    void migrationJson_hasTheNamesThatProgramsReadItBy() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(migration(RunEnding.COMPLETE).toJson());

        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "report",
                        "version",
                        "from",
                        "to",
                        "started",
                        "finished",
                        "seconds",
                        "ending",
                        "dryRun",
                        "succeeded",
                        "done",
                        "migrated",
                        "created",
                        "updated",
                        "unchanged",
                        "targetAhead",
                        "gone",
                        "skipped",
                        "failed",
                        "eventsAppended",
                        "retries",
                        "sessionsPerSecond",
                        "latencySeconds",
                        "slowest",
                        "timeline",
                        "problems",
                        "encodings",
                        "mappedIds",
                        "sharedState");
        assertThat(json.path("migrated").asLong()).isEqualTo(30);
        assertThat(json.path("seconds").asDouble()).isEqualTo(125);
        assertThat(json.path("ending").asText()).isEqualTo("complete");
        assertThat(json.at("/problems/0/code").asText()).isEqualTo("CORRUPT");
        assertThat(json.at("/problems/0/examples/0/session").asText()).isEqualTo(HOSTILE.sessionId());
        assertThat(json.at("/problems/0/whatToDo").asText()).contains("run again");
        assertThat(json.at("/latencySeconds/p95").asDouble()).isCloseTo(0.095, Percentage.withPercentage(1));
        assertThat(json.at("/slowest/0/session").asText()).isEqualTo(HOSTILE.sessionId());
        assertThat(json.at("/slowest/0/seconds").asDouble()).isEqualTo(0.1);
        assertThat(json.at("/timeline/spanSeconds").asDouble()).isEqualTo(1);
        assertThat(json.at("/timeline/spans/1/events").asLong()).isEqualTo(3);
        assertThat(json.at("/encodings/int64").asLong()).isEqualTo(4);
        assertThat(json.at("/mappedIds/examples/0/storedId").asText()).isEqualTo("a-xyz");
        assertThat(json.at("/sharedState/conflictExamples/0/key").asText()).isEqualTo("user:theme");
    }

    @Test
    void validationJson_hasTheNamesThatProgramsReadItBy() throws IOException {
        JsonNode json = new ObjectMapper().readTree(validation().toJson());

        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "report",
                        "version",
                        "from",
                        "to",
                        "started",
                        "finished",
                        "seconds",
                        "ending",
                        "equal",
                        "toleranceSeconds",
                        "source",
                        "target",
                        "matched",
                        "different",
                        "missing",
                        "unexpected",
                        "unreadableInSource",
                        "unreadableInTarget",
                        "failed",
                        "differences",
                        "sharedScopes",
                        "sharedDifferent",
                        "sessions",
                        "sharedState",
                        "problems");
        assertThat(json.path("equal").asBoolean()).isFalse();
        assertThat(json.at("/sessions/0/status").asText()).isEqualTo("different");
        assertThat(json.at("/sessions/0/differences/0/kind").asText()).isEqualTo("different_type");
        assertThat(json.at("/sharedState/0/user").asText()).isEqualTo("u");
    }

    @Test
    void markdown_withHostileIds_staysWhatItIs() {
        for (String page :
                List.of(migration(RunEnding.COMPLETE).toMarkdown(), validation().toMarkdown())) {
            assertThat(page).doesNotContain("<script>", "\u202e", "\n# `b`", "z".repeat(200));
            assertThat(page)
                    .contains(
                            "`a\\u000a# \\u0060b\\u0060 \\u007c \\u003cscript\\u003e",
                            "…`",
                            "`app\\u007cx`",
                            "*empty*");
            long columns = 3;
            assertThat(page.lines().filter(line -> line.startsWith("|") && line.contains("script")))
                    .allMatch(line -> line.chars().filter(c -> c == '|').count() <= columns + 1);
        }
    }

    @Test
    void markdown_beginsWithTheVerdict() {
        assertThat(migration(RunEnding.COMPLETE).toMarkdown())
                .startsWith("# Migration: 3 sessions of 1,234 could not be moved\n");
        assertThat(migration(RunEnding.STOPPED).toMarkdown())
                .startsWith("# Migration: stopped after 1,234 sessions\n")
                .contains("Grant the credentials the roles");
        assertThat(migration(RunEnding.CANCELLED).toMarkdown()).startsWith("# Migration: cancelled after");
        assertThat(validation().toMarkdown()).startsWith("# Validation: the stores are not proven equal\n");
    }

    @Test
    void markdown_ofAMigrationWithNothingToDo_saysSo() {
        MigrationReport report = new MigrationReport(
                run(RunEnding.COMPLETE),
                false,
                new MigrationCounts(0, 0, 5, 0, 0, 0, 0, 0, 0),
                new SpeedTally(Samples.T0).speed(),
                List.of(),
                Map.of(),
                new MappedIds(0, Map.of()),
                new SharedState(0, 0, 0, 0, 0, List.of()));

        assertThat(report.toMarkdown()).startsWith("# Migration: nothing to do");
        assertThat(report.succeeded()).isTrue();
    }

    @Test
    void markdown_ofAMigration_tellsEncodingsIdsAndConflicts() {
        assertThat(migration(RunEnding.COMPLETE).toMarkdown())
                .contains("| `int64` | 4 |")
                .contains("`a-xyz`")
                .contains("| user `u` in `app` | `user:theme` |")
                .contains("took 2 min 5 s")
                .contains("… and 2 more.");
    }

    @Test
    void write_putsBothFormsInTheFolderAndReplacesThoseThatWereThere(@TempDir Path folder) throws IOException {
        Path reports = folder.resolve("new/reports");
        Reports.write(reports, migration(RunEnding.CANCELLED));
        Reports.write(reports, migration(RunEnding.COMPLETE));
        Reports.write(reports, validation());

        try (Stream<Path> files = Files.list(reports)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("migration.json", "migration.md", "validation.json", "validation.md");
        }
        assertThat(reports.resolve("migration.md"))
                .hasContent(migration(RunEnding.COMPLETE).toMarkdown());
        assertThat(reports.resolve("validation.json")).hasContent(validation().toJson());
    }

    @Test
    void write_intoAFolderThatIsAFile_tellsWhich(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> Reports.write(file, validation()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }

    private static RunSummary run(RunEnding ending) {
        return new RunSummary(
                "firestore:p/(default)",
                "agentengine:e",
                Samples.T0,
                Samples.T0.plusSeconds(125),
                ending,
                ending == RunEnding.STOPPED
                        ? Optional.of(new Failure("PERMISSION_DENIED", "not allowed to read"))
                        : Optional.empty());
    }

    private static MigrationReport migration(RunEnding ending) {
        return new MigrationReport(
                run(ending),
                false,
                new MigrationCounts(20, 10, 1_200, 1, 0, 3, 0, 77, 5),
                speed(),
                List.of(new Problem("CORRUPT", true, 3, List.of(Problem.Example.of(HOSTILE, "no `time` | here")))),
                Map.of("int64", 4L),
                new MappedIds(1, Map.of(HOSTILE, "a-xyz")),
                new SharedState(2, 1, 0, 0, 1, List.of(new SharedKey(SharedScope.user("app", "u"), "theme"))));
    }

    private static Speed speed() {
        SpeedTally tally = new SpeedTally(Samples.T0);
        for (int i = 1; i <= 100; i++) {
            tally.add(Samples.created(HOSTILE, 3, Samples.T0.plusSeconds(i), Duration.ofMillis(i)));
        }
        return tally.speed();
    }

    private static ValidationReport validation() {
        return new ValidationReport(
                run(RunEnding.COMPLETE),
                Duration.ofSeconds(1),
                new ValidationCounts(10, 10, 9, 1, 0, 0, 0, 0, 0, 2, 1, 1),
                List.of(new DifferingSession(
                        HOSTILE,
                        DifferingSession.Status.DIFFERENT,
                        List.of(difference("state" + DifferenceFinder.step("a\n|`b")), difference("state.x")))),
                List.of(new DifferingScope(SharedScope.user("app", "u"), List.of(difference("state.user:x")))),
                List.of());
    }

    private static Difference difference(String path) {
        return new Difference(
                path, Difference.Kind.DIFFERENT_TYPE, Optional.of("e|1"), Optional.of("integer became double"));
    }
}
