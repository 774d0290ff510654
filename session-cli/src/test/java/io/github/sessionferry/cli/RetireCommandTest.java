package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source is emptied from the command line, with files on both sides. */
@Timeout(120)
class RetireCommandTest {

    private final Instant old = Instant.now().minus(Duration.ofDays(30));

    @TempDir
    private Path folder;

    private String source = "";
    private String target = "";

    @BeforeEach
    void name() {
        source = "file:" + folder.resolve("source") + "?create=true";
        target = "file:" + folder.resolve("target") + "?create=true";
        store(source, "old", old);
        store(source, "new", Instant.now());
        assertThat(run("migrate").exitCode()).isZero();
    }

    @Test
    void retire_withoutDelete_countsAndDeletesNothing() throws IOException {
        Path journal = folder.resolve("retired.jsonl");

        Run run = run("retire", "--journal", "" + journal, "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("dryRun").asBoolean()).isTrue();
        assertThat(run.json().get("deleted").asInt()).isEqualTo(1);
        assertThat(run.json().get("young").asInt()).isEqualTo(1);
        assertThat(run.err()).contains("Nothing was deleted");
        assertThat(Files.readString(journal)).contains("would_be_deleted", "\"old\"");
        assertThat(has(source, "old")).isTrue();
    }

    @Test
    void retire_withDelete_deletesWhatIsOldAndWritesTheReport() throws IOException {
        Run run = run("retire", "--older-than", "7d", "--delete", "--report", "" + folder.resolve("report"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Deleted: 1 sessions");
        assertThat(has(source, "old")).isFalse();
        assertThat(has(source, "new")).isTrue();
        assertThat(has(target, "old")).isTrue();
        assertThat(Files.readString(folder.resolve("report/retirement.md"))).contains("1 session deleted");
        assertThat(folder.resolve("report/retirement.json")).exists();
    }

    @Test
    void retire_whatTheTargetLacks_keepsItAndFails_untilItIsRepaired() {
        store(source, "missing", old);

        Run before = run("retire", "--delete");
        Run repair = run("validate", "--repair", "--json");
        boolean kept = has(source, "missing");
        Run after = run("retire", "--delete");

        assertThat(before.exitCode()).isEqualTo(1);
        assertThat(before.out()).contains("NOT_IN_TARGET", "validate --repair", "missing");
        assertThat(repair.json().get("repaired").asInt()).isEqualTo(1);
        assertThat(kept).isTrue();
        assertThat(after.exitCode()).isZero();
        assertThat(has(source, "missing")).isFalse();
    }

    @Test
    void retire_aSourceThatUsersMayBeServedBy_isRefused() {
        assertThat(run("stage", "set", "DUAL_WRITE").exitCode()).isZero();

        Run run = run("retire", "--delete");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("TARGET_ONLY");
        assertThat(has(source, "old")).isTrue();
        assertThat(run("retire").exitCode()).isZero();
    }

    @Test
    void retire_underAPlanWithEverybodyInTargetOnly_deletes() {
        for (String stage : List.of("DUAL_WRITE", "SHADOW", "TARGET_FIRST", "TARGET_WITH_FALLBACK", "TARGET_ONLY")) {
            assertThat(run("stage", "set", stage, "--override", "VALIDATED").exitCode())
                    .isZero();
        }

        assertThat(run("retire", "--delete").exitCode()).isZero();
        assertThat(has(source, "old")).isFalse();
        assertThat(run("stage", "get").out()).contains("TARGET_ONLY");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--older-than -1d",
                "--older-than -1h",
                "--older-than week",
                "--older-than 36501d",
                "--delete --dry-run",
                "--concurrency 0"
            })
    void retire_withWrongOptions_isAWrongUsageInOneLine(String options) {
        List<String> arguments = new ArrayList<>(List.of("retire"));
        arguments.addAll(List.of(options.split(" ")));

        Run run = run(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().startsWith("error: ");
    }

    @Test
    void retire_theSameFolderByAnotherName_isAWrongUsage() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("source"));

        for (String same : List.of(source, "file:" + folder.resolve("source"), "file:" + link)) {
            Run run = Run.of("retire", "--delete", "--from", source, "--to", same);

            assertThat(run.exitCode()).isEqualTo(2);
        }
        assertThat(has(source, "old")).isTrue();
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--from", source, "--to", target));
        return Run.of(all.toArray(String[]::new));
    }

    private static void store(String address, String id, Instant updated) {
        try (SessionService store = SessionStores.open(address)) {
            store.store(
                    Session.builder(key(id), updated)
                            .createTime(updated)
                            .state(Map.of("cart", 3L))
                            .events(List.of(SessionEvent.builder("e-" + id, "user", updated)
                                    .build()))
                            .build(),
                    Precondition.absent());
        }
    }

    private static boolean has(String address, String id) {
        try (SessionService store = SessionStores.open(address)) {
            return store.find(key(id), EventSelection.none()).isPresent();
        }
    }

    private static SessionKey key(String id) {
        return new SessionKey("app", "ada", id);
    }
}
