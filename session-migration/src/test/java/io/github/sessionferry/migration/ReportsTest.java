package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import io.github.sessionferry.migration.MigrationReport.SharedState;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

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
                        "attempts",
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
                        "quotas",
                        "problems",
                        "passedOver",
                        "encodings",
                        "tempKeysDropped",
                        "synthesisedIds",
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
        assertThat(json.at("/quotas/0/kind").asText()).isEqualTo("events appended");
        assertThat(json.at("/quotas/0/shareUsed").asDouble()).isEqualTo(0.95);
        assertThat(json.at("/passedOver/count").asLong()).isEqualTo(25);
        assertThat(json.at("/passedOver/examples/0/place").asText()).isEqualTo("a/`b`");
        assertThat(json.at("/encodings/int64").asLong()).isEqualTo(4);
        assertThat(json.at("/mappedIds/examples/0/storedId").asText()).isEqualTo("a-xyz");
        assertThat(json.at("/sharedState/conflictExamples/0/key").asText()).isEqualTo("user:theme");
        assertThat(json.at("/sharedState/overruledCopies/count").asLong()).isEqualTo(39);
        assertThat(json.at("/sharedState/overruledCopies/examples/0/session").asText())
                .isEqualTo(HOSTILE.sessionId());
    }

    @Test
    void migrationReport_ofARunThatWasRolledBack_tellsWhatWasTakenBack() throws IOException {
        MigrationReport report = migration(RunEnding.STOPPED);
        JsonNode json = new ObjectMapper().readTree(report.toJson());

        assertThat(json.at("/rollback/removed/count").asLong()).isEqualTo(3);
        assertThat(json.at("/rollback/changed/examples/0/session").asText()).isEqualTo(HOSTILE.sessionId());
        assertThat(report.toMarkdown())
                .contains("## Taken back", "| removed from the target | 3 |", "another journal")
                .doesNotContain("stays moved", "<script>");
        assertThat(migration(RunEnding.COMPLETE).toJson()).doesNotContain("rollback");
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
                        "attempts",
                        "seconds",
                        "ending",
                        "verdict",
                        "equal",
                        "repair",
                        "toleranceSeconds",
                        "source",
                        "target",
                        "matched",
                        "different",
                        "missing",
                        "unexpected",
                        "repaired",
                        "unreadableInSource",
                        "unreadableInTarget",
                        "failed",
                        "differences",
                        "sharedScopes",
                        "sharedDifferent",
                        "sharedRepaired",
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
            assertThat(page.split("\n\n"))
                    .filteredOn(block -> block.startsWith("|"))
                    .isNotEmpty()
                    .allSatisfy(table -> assertThat(table.lines()
                                    .map(line ->
                                            line.chars().filter(c -> c == '|').count()))
                            .hasSizeGreaterThan(2)
                            .containsOnly(table.lines()
                                    .findFirst()
                                    .orElseThrow()
                                    .chars()
                                    .filter(c -> c == '|')
                                    .count()));
        }
    }

    @Test
    void html_ofAnyReport_isWellFormed_andLoadsAndRunsNothing() throws Exception {
        for (String page :
                List.of(migration(RunEnding.STOPPED).toHtml(), validation().toHtml())) {
            List<Element> elements = elements(page);

            assertThat(elements)
                    .extracting(Element::getTagName)
                    .isSubsetOf(
                            "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li",
                            "div", "table", "tr", "th", "td", "code", "em", "strong", "svg", "desc", "text", "path");
            assertThat(elements).flatExtracting(ReportsTest::attributes).doesNotContain("href", "src", "style");
            assertThat(elements)
                    .flatExtracting(ReportsTest::attributes)
                    .noneMatch(attribute -> attribute.startsWith("on"));
            assertThat(page)
                    .doesNotContain("\u202e", "z".repeat(200))
                    .contains("a\\u000a# `b` | &lt;script&gt;alert(1)&lt;/script&gt; [x](http://evil) \\u202ezz");
        }
    }

    @Test
    void html_hasAPolicyThatAllowsItsOwnStyleAlone() throws Exception {
        List<Element> elements = elements(migration(RunEnding.COMPLETE).toHtml());

        String style = only(elements, "style").getTextContent();
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
        assertThat(elements)
                .filteredOn(element -> element.getAttribute("http-equiv").equals("Content-Security-Policy"))
                .singleElement()
                .extracting(element -> element.getAttribute("content"))
                .isEqualTo("default-src 'none'; style-src 'sha256-" + hash + "'; base-uri 'none'; form-action 'none'");
    }

    @Test
    void html_ofAMigration_drawsProgressAndLatency() throws Exception {
        List<Element> elements = elements(migration(RunEnding.COMPLETE).toHtml());

        assertThat(elements)
                .filteredOn(element -> element.getTagName().equals("svg"))
                .hasSize(2)
                .allSatisfy(svg -> {
                    assertThat(svg.getAttribute("role")).isEqualTo("img");
                    for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
                        assertThat(elements)
                                .filteredOn(
                                        element -> element.getAttribute("id").equals(id))
                                .singleElement()
                                .satisfies(named ->
                                        assertThat(named.getTextContent()).isNotBlank());
                    }
                });
    }

    @Test
    void html_ofAMigrationThatDidNothing_hasNoPlots() {
        assertThat(nothingToDo().toHtml()).doesNotContain("<svg").contains("nothing to do");
    }

    @Property(tries = 300)
    void pages_withAnyId_stayWellFormedAndOfBoundedLength(@ForAll @StringLength(min = 1) String id) throws Exception {
        SessionKey key = new SessionKey("app", id, id);
        MigrationReport report = migration(RunEnding.COMPLETE, key);

        assertThat(elements(report.toHtml()))
                .hasSize(elements(migration(RunEnding.COMPLETE, HOSTILE).toHtml())
                        .size());
        assertThat(report.toMarkdown().lines())
                .hasSameSizeAs(migration(RunEnding.COMPLETE, HOSTILE)
                        .toMarkdown()
                        .lines()
                        .toList());
        assertThat(report.toHtml().length()).isLessThan(100_000);
    }

    private static List<Element> elements(String page) throws Exception {
        NodeList nodes = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page)))
                .getElementsByTagName("*");
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static Element only(List<Element> elements, String name) {
        return elements.stream()
                .filter(element -> element.getTagName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> attributes(Element element) {
        return IntStream.range(0, element.getAttributes().getLength())
                .mapToObj(i -> element.getAttributes().item(i).getNodeName())
                .toList();
    }

    @Test
    void markdown_beginsWithTheVerdict() {
        assertThat(migration(RunEnding.COMPLETE).toMarkdown())
                .startsWith("# Migration: 3 sessions of 1,234 could not be moved\n");
        assertThat(migration(RunEnding.STOPPED).toMarkdown())
                .startsWith("# Migration: stopped after 1,234 sessions\n")
                .contains("Grant the credentials the roles");
        assertThat(migration(RunEnding.CANCELLED).toMarkdown()).startsWith("# Migration: cancelled after");
        assertThat(validation().toMarkdown()).startsWith("# Validation: the stores differ\n");
    }

    @Test
    void markdown_ofAMigrationWithNothingToDo_saysSo() {
        MigrationReport report = nothingToDo();

        assertThat(report.toMarkdown()).startsWith("# Migration: nothing to do");
        assertThat(report.succeeded()).isTrue();
    }

    private static MigrationReport nothingToDo() {
        return new MigrationReport(
                run(RunEnding.COMPLETE),
                false,
                new MigrationCounts(0, 0, 5, 0, 0, 0, 0, 0, 0),
                new SpeedTally(Samples.T0).speed(),
                List.of(),
                List.of(),
                new PassedOver(0, List.of()),
                Map.of(),
                0,
                Map.of(),
                new MappedIds(0, Map.of()),
                new SharedState(0, 0, 0, 0, 0, List.of(), OverruledCopies.NONE),
                Optional.empty());
    }

    @Test
    void markdown_ofAMigration_tellsEncodingsIdsAndConflicts() {
        assertThat(migration(RunEnding.COMPLETE).toMarkdown())
                .contains("| `agentengine:e` | `events appended` | 210 | 399 | 95 % | 2 |")
                .contains("| `int64` | 4 |")
                .contains("| `invocation` | 12 |")
                .contains("`a-xyz`")
                .contains("| user `u` in `app` | `user:theme` |")
                .contains("## Copies of shared keys that do not count", "39 copies", "| `user:theme` | 2026-03-01")
                .contains("… and 38 more.")
                .contains("## Passed over", "25 records", "… and 24 more.")
                .contains("took 2 min 5 s")
                .contains("95 % at most 95 ms, 99 % at most 99 ms; the longest took 100 ms.")
                .contains("| 9.0 s | ████████████████████ | 1.0 | 3.0 | 0 | 17 ms |")
                .contains("| 100 ms | `a\\u000a")
                .contains("… and 2 more.");
    }

    @Test
    void write_putsAllFormsInTheFolderAndReplacesThoseThatWereThere(@TempDir Path folder) throws IOException {
        Path reports = folder.resolve("new/reports");
        Reports.write(reports, migration(RunEnding.CANCELLED));
        Reports.write(reports, migration(RunEnding.COMPLETE));
        Reports.write(reports, validation());

        try (Stream<Path> files = Files.list(reports)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "migration.html",
                            "migration.json",
                            "migration.md",
                            "validation.html",
                            "validation.json",
                            "validation.md");
        }
        assertThat(reports.resolve("migration.md"))
                .hasContent(migration(RunEnding.COMPLETE).toMarkdown());
        assertThat(reports.resolve("migration.html"))
                .hasContent(migration(RunEnding.COMPLETE).toHtml());
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
                1,
                Duration.ZERO,
                ending,
                ending == RunEnding.STOPPED
                        ? Optional.of(new Failure("PERMISSION_DENIED", "not allowed to read"))
                        : Optional.empty());
    }

    static MigrationReport migration(RunEnding ending) {
        return migration(ending, HOSTILE);
    }

    private static MigrationReport migration(RunEnding ending, SessionKey key) {
        return new MigrationReport(
                run(ending),
                false,
                new MigrationCounts(20, 10, 1_200, 1, 0, 3, 0, 77, 5),
                speed(key),
                List.of(new QuotaUse("agentengine:e", "events appended", 210, 420, 399, 2)),
                List.of(new Problem("CORRUPT", true, 3, List.of(Problem.Example.of(key, "no `time` | here")))),
                new PassedOver(25, List.of(new UnreadableRecord("a/`b`", "<script>"))),
                Map.of("int64", 4L),
                9,
                Map.of("invocation", 12L),
                new MappedIds(1, Map.of(key, "a-xyz")),
                new SharedState(
                        2,
                        1,
                        0,
                        0,
                        1,
                        List.of(new SharedKey(SharedScope.user("app", "u"), "theme")),
                        new OverruledCopies(39, List.of(new OverruledCopies.Copy(key, "user:theme", Samples.T0)))),
                ending == RunEnding.STOPPED
                        ? Optional.of(new RolledBack(
                                new RolledBack.Group(3, List.of(key)),
                                new RolledBack.Group(2, List.of(HOSTILE)),
                                new RolledBack.Group(0, List.of())))
                        : Optional.empty());
    }

    private static Speed speed(SessionKey key) {
        SpeedTally tally = new SpeedTally(Samples.T0);
        for (int i = 1; i <= 100; i++) {
            tally.add(Samples.created(key, 3, Samples.T0.plusSeconds(i), Duration.ofMillis(i)));
        }
        return tally.speed();
    }

    static ValidationReport validation() {
        return new ValidationReport(
                new ValidationReport.Run(
                        run(RunEnding.COMPLETE), Duration.ofSeconds(1), Sample.ALL, 0, false, Optional.empty()),
                new ValidationCounts(10, 10, 9, 1, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0),
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
