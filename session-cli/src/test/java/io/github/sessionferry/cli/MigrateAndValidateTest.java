package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrateAndValidateTest {

    private static final int SESSIONS = 20;
    private static final String SECRET = "my-secret-value";

    @TempDir
    private Path folder;

    private String source = "";
    private String target = "";

    @BeforeEach
    void fillSource() {
        source = "memory:" + UUID.randomUUID();
        target = "file:" + folder.resolve("store") + "?create=true";
        assertThat(Run.of("generate", "--to", source, "--sessions", "" + SESSIONS, "--events", "4", "--users", "3")
                        .exitCode())
                .isZero();
    }

    @Test
    void migrate_thenValidate_provesThemEqual() {
        Run migrate = Run.of("migrate", "--from", source, "--to", target, "--json");
        Run validate = Run.of("validate", "--from", source, "--to", target, "--json");

        assertThat(migrate.exitCode()).isZero();
        assertThat(migrate.json().get("command").asText()).isEqualTo("migrate");
        assertThat(migrate.json().get("migrated").asInt()).isEqualTo(SESSIONS);
        assertThat(migrate.json().get("eventsAppended").asInt()).isEqualTo(SESSIONS * 4);
        assertThat(migrate.json().get("skipped").asInt()).isZero();
        assertThat(migrate.json().get("failed").asInt()).isZero();
        assertThat(validate.exitCode()).isZero();
        assertThat(validate.json().get("command").asText()).isEqualTo("validate");
        assertThat(validate.json().get("matched").asInt()).isEqualTo(SESSIONS);
        assertThat(validate.json().get("different").asInt()).isZero();
        assertThat(validate.json().get("missing").asInt()).isZero();
        assertThat(validate.json().get("unexpected").asInt()).isZero();
    }

    @Test
    void migrate_again_changesNothing() {
        Run.of("migrate", "--from", source, "--to", target);

        Run again = Run.of("migrate", "--from", source, "--to", target, "--json");

        assertThat(again.exitCode()).isZero();
        assertThat(again.json().get("migrated").asInt()).isZero();
        assertThat(again.json().get("unchanged").asInt()).isEqualTo(SESSIONS);
    }

    @Test
    void migrate_asADryRun_writesNothing() {
        Run dry = Run.of("migrate", "--from", source, "--to", target, "--dry-run", "--json");

        assertThat(dry.exitCode()).isZero();
        assertThat(dry.json().get("dryRun").asBoolean()).isTrue();
        assertThat(dry.json().get("migrated").asInt()).isEqualTo(SESSIONS);
        try (SessionService store = SessionStores.open(target)) {
            assertThat(store.scan(ScanCursor.START, 10).sessions()).isEmpty();
        }
    }

    @Test
    void validate_ofOneSession_tellsItsDifferencesWithoutContent() {
        putSecretInto(source, "one");
        Run.of("migrate", "--from", source, "--to", target);

        Run equal = validateOne("one");
        putInto(target, "one", "other-" + SECRET);
        Run different = validateOne("one");
        Run absent = validateOne("no-such");

        assertThat(equal.exitCode()).as(equal.err()).isZero();
        assertThat(equal.json().get("verdict").asText()).isEqualTo("named_equal");
        assertThat(equal.json().get("matched").asInt()).isEqualTo(1);
        assertThat(different.exitCode()).isEqualTo(1);
        assertThat(different.err()).contains("state.secret different value").doesNotContain(SECRET);
        assertThat(different.out()).doesNotContain(SECRET);
        assertThat(absent.exitCode()).isEqualTo(1);
        assertThat(absent.err()).contains("IN_NEITHER_STORE", "no-such");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--session a", "--app shop", "--app shop --session a --sample 5%"})
    void validate_ofASessionThatIsNotNamedWhole_isAWrongUsage(String options) {
        List<String> arguments = new ArrayList<>(List.of("validate", "--from", source, "--to", target));
        arguments.addAll(List.of(options.split(" ")));

        assertThat(Run.of(arguments.toArray(String[]::new)).exitCode()).isEqualTo(2);
    }

    @Test
    void migrate_withReportAndJournal_writesBothWithoutContent() throws IOException {
        putSecretInto(source, "own");
        Path report = folder.resolve("a/report");
        Path journal = folder.resolve("journal.jsonl");

        Run run =
                Run.of("migrate", "--from", source, "--to", target, "--report", "" + report, "--journal", "" + journal);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Report: " + report.resolve("migration.md"));
        assertThat(report.resolve("migration.md")).content().contains("21").doesNotContain(SECRET);
        JsonNode json =
                new ObjectMapper().readTree(report.resolve("migration.json").toFile());
        assertThat(json.get("migrated").asInt()).isEqualTo(SESSIONS + 1);
        assertThat(Files.readAllLines(journal)).hasSizeGreaterThan(SESSIONS).noneMatch(line -> line.contains(SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "0.3", "100%", "-5%", "half", ""})
    void reserve_thatIsNoPercentage_isAWrongUsage(String reserve) {
        for (String command : List.of("migrate", "validate")) {
            Run run = Run.of(command, "--from", source, "--to", target, "--reserve=" + reserve);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("reserve").containsAnyOf("a percentage is", "less than 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0%", "12.5%", "99%"})
    void reserve_thatIsAPercentage_isTaken(String reserve) {
        assertThat(Run.of("migrate", "--from", source, "--to", target, "--reserve", reserve)
                        .exitCode())
                .isZero();
        assertThat(Run.of("validate", "--from", source, "--to", target, "--reserve", reserve)
                        .exitCode())
                .isZero();
    }

    @Test
    void migrate_withTheJournalOfARun_isRefused_andResumedIfAskedFor() {
        String journal = "" + folder.resolve("journal.jsonl");
        Run.of("migrate", "--from", source, "--to", target, "--journal", journal, "--resume");
        putInto(source, "later", "value");

        Run refused = Run.of("migrate", "--from", source, "--to", target, "--journal", journal);
        Run resumed = Run.of("migrate", "--from", source, "--to", target, "--journal", journal, "--resume", "--json");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains(journal, "--resume", "another file").doesNotContain("\tat ");
        assertThat(resumed.exitCode()).isZero();
        assertThat(resumed.json().get("attempts").asInt()).isEqualTo(2);
        assertThat(resumed.json().get("created").asInt()).isEqualTo(SESSIONS);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void migrate_withAJournalOnAFullDisk_isAWrongUsageInOneLine() {
        assertWrongUsage("migrate", "--journal /dev/full", "No space left on device");
    }

    @Test
    void migrate_withTempStateKept_isEqualUnderThatRule() {
        Run dropped = Run.of("migrate", "--from", source, "--to", target, "--json");
        String other = "memory:" + UUID.randomUUID();
        Run kept = Run.of("migrate", "--from", source, "--to", other, "--temp", "keep", "--json");

        assertThat(dropped.json().get("tempKeysDropped").asInt()).isPositive();
        assertThat(kept.json().get("tempKeysDropped").asInt()).isZero();
        assertThat(Run.of("validate", "--from", source, "--to", other, "--temp", "keep")
                        .exitCode())
                .isZero();
        assertThat(Run.of("validate", "--from", source, "--to", target, "--temp", "keep")
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void validate_ofStoresThatDiffer_fails() {
        Run.of("migrate", "--from", source, "--to", target);
        putSecretInto(source, "only here");
        putSecretInto(target, "only there");
        putInto(source, "both", "before");
        putInto(target, "both", SECRET);

        Run json = Run.of("validate", "--from", source, "--to", target, "--json");
        Run text = Run.of("validate", "--from", source, "--to", target);

        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.json().get("matched").asInt()).isEqualTo(SESSIONS);
        assertThat(json.json().get("different").asInt()).isEqualTo(1);
        assertThat(json.json().get("missing").asInt()).isEqualTo(1);
        assertThat(json.json().get("unexpected").asInt()).isEqualTo(1);
        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out()).contains("Different", "state.secret different value");
        assertThat(json.out() + json.err() + text.out() + text.err()).doesNotContain(SECRET);
    }

    @Test
    void validate_ofASample_saysWhatItTells_andRepeatsIt() {
        Run.of("migrate", "--from", source, "--to", target);

        Run first = Run.of("validate", "--from", source, "--to", target, "--sample", "50%", "--json");
        String seed = first.json().at("/sample/seed").asText();
        Run again = Run.of("validate", "--from", source, "--to", target, "--sample", "50%", "--seed", seed);

        assertThat(first.exitCode()).isZero();
        assertThat(first.json().get("verdict").asText()).isEqualTo("sample_equal");
        assertThat(first.json().get("equal").asBoolean()).isFalse();
        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .contains(
                        "No difference in the sample",
                        "seed " + seed + ": 0 of " + first.json().get("matched") + " looked at differ",
                        "with 95 % confidence at most");
    }

    @Test
    void validate_withASelfTest_provesItselfFirst() {
        Run.of("migrate", "--from", source, "--to", target);

        Run json = Run.of("validate", "--from", source, "--to", target, "--self-test", "--json");
        Run text = Run.of("validate", "--from", source, "--to", target, "--self-test");

        assertThat(json.exitCode()).isZero();
        assertThat(json.json().at("/selfTest/passed").asBoolean()).isTrue();
        assertThat(json.json().at("/selfTest/sessions").asInt()).isEqualTo(SESSIONS);
        assertThat(json.json().get("matched").asInt()).isEqualTo(SESSIONS);
        assertThat(text.out()).contains("Self-test: 14 of 14 planted faults were found");
    }

    @Test
    void validate_resumed_looksOnlyAtWhatDiffered() {
        String journal = folder.resolve("validation.jsonl").toString();
        putSecretInto(source, "late");
        String[] arguments = {"validate", "--from", source, "--to", target, "--journal", journal, "--resume", "--json"};

        Run first = Run.of(arguments);
        Run.of("migrate", "--from", source, "--to", target);
        Run second = Run.of(arguments);

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.json().get("missing").asInt()).isEqualTo(SESSIONS + 1);
        assertThat(second.exitCode()).as(second.out()).isZero();
        assertThat(second.json().get("matched").asInt()).isEqualTo(SESSIONS + 1);
    }

    @Test
    void validate_withRepair_makesTheTargetEqual() {
        Run.of("migrate", "--from", source, "--to", target);
        putSecretInto(source, "only here");

        Run repair = Run.of("validate", "--from", source, "--to", target, "--repair");
        Run after = Run.of("validate", "--from", source, "--to", target);

        assertThat(repair.exitCode()).as(repair.out()).isZero();
        assertThat(repair.out()).containsPattern("1  repaired, and equal since");
        assertThat(after.exitCode()).isZero();
    }

    @Test
    void validate_withValuesAskedFor_reportsThem() {
        Run.of("migrate", "--from", source, "--to", target);
        putInto(source, "both", "before");
        putInto(target, "both", SECRET);

        Run.of("validate", "--from", source, "--to", target, "--report", "" + folder.resolve("r"), "--show-values");

        assertThat(folder.resolve("r/validation.md")).content().contains(SECRET);
    }

    @Test
    void migrate_withARecordThatCannotBeRead_movesTheRestAndFails() throws IOException {
        Path dumps = Files.createDirectory(folder.resolve("dumps"));
        Files.writeString(
                dumps.resolve("good.json"), "{\"id\":\"s1\",\"app_name\":\"a\",\"user_id\":\"u\",\"events\":[]}");
        Files.writeString(dumps.resolve("bad.json"), "{\"id\":");

        Run run = Run.of("migrate", "--from", "file:" + dumps + "?layout=adk-json", "--to", target, "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().get("migrated").asInt()).isEqualTo(1);
        assertThat(run.json().get("skipped").asInt()).isEqualTo(1);
        assertThat(run.err()).contains("bad.json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--from nosuch:x | no store is known by the scheme 'nosuch'",
                "--from plain | begins with a scheme",
                "--from file:/no/such/folder | /no/such/folder",
                "--from file:/tmp?layout=nosuch | layout",
                "--from file:/tmp?nosuch=1 | nosuch",
                "--from memory:a --to memory:a | --from and --to are the same store",
                "--concurrency 0 | concurrency is 0",
                "--concurrency many | 'many' is not an int",
                "--temp maybe | [DROP, KEEP]",
                "--max-failures-in-a-row 0 | maxFailuresInARow is 0",
                "--journal /dev/null/j | --journal: ",
                "--resume | give the file with --journal",
                "--report /dev/null/r | --report: ",
                "--to file:/tmp?layout=adk-json | can only be read",
            })
    void migrate_withBadArguments_isAWrongUsageInOneLine(String arguments, String reason) {
        assertWrongUsage("migrate", arguments, reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--from nosuch:x | no store is known by the scheme 'nosuch'",
                "--from file:/no/such/folder | /no/such/folder",
                "--concurrency 0 | concurrency is 0",
                "--report /dev/null/r | --report: ",
                "--sample 5 | such as 5%, not '5'",
                "--sample 0% | sample is 0.0",
                "--seed 3 | none is asked for",
                "--repair --to file:/tmp?layout=adk-json | can only be read",
                "--resume | give the file with --journal",
                "--journal /dev/null/j | --journal: ",
            })
    void validate_withBadArguments_isAWrongUsageInOneLine(String arguments, String reason) {
        assertWrongUsage("validate", arguments, reason);
    }

    private static void assertWrongUsage(String command, String arguments, String reason) {
        String from = arguments.contains("--from") ? "" : " --from memory:";
        String to = arguments.contains("--to") ? "" : " --to memory:to";

        Run run = Run.of((command + " " + arguments + from + to + " --json").split(" "));

        assertThat(run.err().lines())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("error: ")
                .contains(reason);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.json().at("/error/code").asText()).isEqualTo("USAGE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sessions -1", "--events -1", "--users 0", "--to file:/no/such/folder"})
    void generate_withBadArguments_isAWrongUsage(String arguments) {
        String sessions = arguments.contains("--sessions") ? "" : " --sessions 1";
        String events = arguments.contains("--events") ? "" : " --events 1";
        String to = arguments.contains("--to") ? "" : " --to memory:";

        Run run = Run.of(("generate " + arguments + sessions + events + to).split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("error: ");
    }

    @Test
    void generate_again_findsEverythingThere() {
        String[] arguments = {
            "generate", "--to", source, "--sessions", "" + SESSIONS, "--events", "4", "--users", "3", "--json"
        };

        Run again = Run.of(arguments);

        assertThat(again.exitCode()).isZero();
        assertThat(again.json().get("written").asInt()).isZero();
        assertThat(again.json().get("unchanged").asInt()).isEqualTo(SESSIONS);
    }

    @Test
    void generate_withAnotherSeed_makesOtherSessions() {
        Run.of("generate", "--to", source, "--sessions", "5", "--events", "1", "--seed", "7");

        try (SessionService store = SessionStores.open(source)) {
            assertThat(store.scan(ScanCursor.START, 100).sessions()).hasSize(SESSIONS + 5);
        }
    }

    private Run validateOne(String id) {
        return Run.of(
                "validate",
                "--from",
                source,
                "--to",
                target,
                "--app",
                "app",
                "--user",
                "user",
                "--session",
                id,
                "--json");
    }

    private static void putSecretInto(String address, String id) {
        putInto(address, id, SECRET);
    }

    private static void putInto(String address, String id, String secret) {
        SessionKey key = new SessionKey("app", "user", id);
        Session session = Session.builder(key, Instant.parse("2026-02-01T00:00:00Z"))
                .state(Map.of("secret", secret))
                .build();
        try (SessionService store = SessionStores.open(address)) {
            store.store(session, Precondition.none());
            assertThat(store.find(key, EventSelection.all())).isPresent();
        }
    }
}
