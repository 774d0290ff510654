package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.rollout.RolloutMove;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.migration.live.StoredPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages are set, rolled out and rolled back from the command line. */
@Timeout(120)
class StageCommandsTest {

    @TempDir
    private Path folder;

    private String source = "";
    private String target = "";

    @BeforeEach
    void name() {
        source = "memory:" + UUID.randomUUID();
        target = "memory:" + UUID.randomUUID();
    }

    @Test
    void get_ofAMigrationThatHasNotBegun_isSourceOnly() {
        Run run = run("stage", "get", "--json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.json().get("base").asText()).isEqualTo("SOURCE_ONLY");
        assertThat(run.json().get("version").asInt()).isZero();
        assertThat(run.json().get("command").asText()).isEqualTo("stage get");
        assertThat(run("stage", "history").out()).contains("No stage was ever set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void walk_fromSourceOnlyToTargetOnlyAndBack_inEachKindOfStore(String kind) {
        if (kind.equals("file")) {
            source = "file:" + folder.resolve("source") + "?create=true";
            target = "file:" + folder.resolve("target") + "?create=true";
        }
        create(source, "before");
        set("DUAL_WRITE");
        set("SHADOW");
        assertThat(run("migrate").exitCode()).isZero();
        Run validated = run("validate");
        assertThat(validated.exitCode()).as(validated.err()).isZero();
        assertThat(validated.out()).contains("Noted in the source");
        set("TARGET_FIRST");
        assertThat(run("validate").exitCode()).isZero();
        set("TARGET_WITH_FALLBACK");
        set("TARGET_ONLY");
        create(target, "on the new side");

        Run back =
                run("rollback", "--window", "0s", "--reason", "enough", "--report", "" + folder.resolve("r"), "--json");

        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(back.json().at("/carriedBack/created").asInt()).isEqualTo(1);
        assertThat(back.json().get("validation").asText()).isEqualTo("EQUAL");
        assertThat(folder.resolve("r").resolve(RollbackCommand.CARRIED_BACK))
                .content()
                .contains("\"on the new side\"");
        assertThat(run("stage", "get", "--json").json().get("base").asText()).isEqualTo("SOURCE_ONLY");
        try (SessionService store = SessionStores.open(source)) {
            assertThat(store.find(key("on the new side"), EventSelection.none()))
                    .isPresent();
        }
        Run history = run("stage", "history", "--json");
        assertThat(history.json().get("changes").findValuesAsText("reason")).contains("enough");
        assertThat(history.json().get("changes")).hasSize(10);
        assertThat(run("stage", "history").out().lines()).hasSize(10);
    }

    @Test
    void set_jumpFromSourceOnlyToTargetOnly_isRefused_andNamesTheNextStep() {
        Run run = run("stage", "set", "TARGET_ONLY", "--override", "VALIDATED", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("from SOURCE_ONLY to DUAL_WRITE first");
        assertThat(run.json().at("/error/code").asText()).isEqualTo("REFUSED");
        assertThat(run("stage", "get", "--json").json().get("version").asInt()).isZero();
    }

    @Test
    void set_stageThatDoesNotExist_isAWrongUsage_andListsThem() {
        Run run = run("stage", "set", "OFF");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("SOURCE_ONLY", "TARGET_WITH_FALLBACK", "OFF");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stage set DUAL_WRITE --percentage 101 | a percentage is a number from 0 to 100",
                "stage set DUAL_WRITE --percentage x | a percentage is a number from 0 to 100",
                "stage set DUAL_WRITE --salt a:b | without",
                "stage set DUAL_WRITE --wait soon | a time is such as 30s",
                "stage set DUAL_WRITE --wait -1s | a time is such as 30s",
                "stage set DUAL_WRITE --override MY_WAY | DEBT_ZERO",
                "stage set DUAL_WRITE --allow ada | need --percentage",
                "stage set DUAL_WRITE --percentage 1 --allow ada --deny ada | is named twice",
                "stage set DUAL_WRITE --percentage 1 --allow ada --allow ada | is named twice",
                "stage set SOURCE_ONLY --percentage 5 | no stage comes before SOURCE_ONLY",
                "rollback --to-stage NOWHERE | SOURCE_ONLY",
                "rollback --emergency --to-stage SHADOW | --emergency always goes to SOURCE_ONLY"
            })
    void badInput_isAWrongUsage_andChangesNothing(String arguments, String reason) {
        Run run = run(arguments.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(reason);
        assertThat(run("stage", "history", "--json").json().get("changes")).isEmpty();
    }

    @Test
    void set_percentage_movesSomeUsers_andLaterAll() {
        assertThat(run("stage", "set", "DUAL_WRITE", "--percentage", "1", "--salt", "spring", "--by", "ada")
                        .exitCode())
                .isZero();
        JsonNode some = run("stage", "get", "--json").json();
        set("DUAL_WRITE");
        JsonNode all = run("stage", "get", "--json").json();
        assertThat(run("stage", "set", "SHADOW", "--percentage", "10").exitCode())
                .isZero();
        JsonNode next = run("stage", "get", "--json").json();

        assertThat(some.get("base").asText()).isEqualTo("SOURCE_ONLY");
        assertThat(some.get("rollout").asText()).isEqualTo("DUAL_WRITE");
        assertThat(some.get("percentage").asDouble()).isEqualTo(1);
        assertThat(some.get("salt").asText()).isEqualTo("spring");
        assertThat(all.get("base").asText()).isEqualTo("DUAL_WRITE");
        assertThat(next.get("base").asText()).isEqualTo("DUAL_WRITE");
        assertThat(next.get("rollout").asText()).isEqualTo("SHADOW");
    }

    @Test
    void set_lists_stayFromOneChangeToTheNext_andAreChangedByName() {
        try (SessionService store = SessionStores.open(source);
                StoredPlan process =
                        StoredPlan.builder(store).interval(Duration.ZERO).build()) {
            lists("--percentage", "0", "--allow", "ana", "--allow", "a user, or two");
            process.refresh();
            assertThat(process.current().stageOf("ana").name()).isEqualTo("DUAL_WRITE");
            assertThat(process.current().stageOf("a user, or two").name()).isEqualTo("DUAL_WRITE");
            assertThat(process.current().stageOf("ben").name()).isEqualTo("SOURCE_ONLY");

            lists("--percentage", "100", "--deny", "ana", "--deny", "ben", "--unlist", "a user, or two");
            process.refresh();
            assertThat(process.current().policy().allowedUserIds()).isEmpty();
            assertThat(process.current().policy().deniedUserIds()).containsExactly("ana", "ben");
            assertThat(process.current().stageOf("ana").name()).isEqualTo("SOURCE_ONLY");
            assertThat(process.current().stageOf("a user, or two").name()).isEqualTo("DUAL_WRITE");

            lists("--percentage", "50", "--salt", "spring", "--unlist", "ben");
            process.refresh();
            assertThat(process.current().policy().salt()).isEqualTo("spring");
            assertThat(process.current().policy().deniedUserIds()).containsExactly("ana");
            JsonNode status = run("stage", "get", "--json").json();
            assertThat(status.get("allowedUsers").asInt()).isZero();
            assertThat(status.get("deniedUsers").asInt()).isEqualTo(1);
        }
    }

    /** The process looks when it is told to, so nobody waits for it. */
    private void lists(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("stage", "set", "DUAL_WRITE", "--override", "DRAINED", "--wait", "0s"));
        arguments.addAll(List.of(options));
        Run run = run(arguments.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void set_listedUserIdThatIsEmpty_isAWrongUsage() {
        Run run = run("stage", "set", "DUAL_WRITE", "--percentage", "0", "--allow", "");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("a listed user id is empty");
    }

    @Test
    void set_whileAProcessDoesNotFollow_fails_andNamesIt() {
        try (SessionService store = SessionStores.open(source);
                StoredPlan process = StoredPlan.builder(store)
                        .interval(Duration.ZERO)
                        .process("slow-1")
                        .build()) {
            Run run = run("stage", "set", "DUAL_WRITE", "--wait", "0s");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("not every process has followed", "slow-1");
            assertThat(process.current().base().name()).isEqualTo("SOURCE_ONLY");
        }
    }

    @Test
    void emergency_sendsEverybodyBack_andTheRollbackAfterwardsCarriesBack() {
        set("DUAL_WRITE");
        set("SHADOW");
        assertThat(run("stage", "set", "TARGET_FIRST", "--override", "VALIDATED")
                        .exitCode())
                .isZero();
        create(target, "only there");

        Run emergency = run("rollback", "--emergency", "--by", "ada", "--reason", "fire", "--json");

        assertThat(emergency.exitCode()).isZero();
        assertThat(emergency.json().get("succeeded").asBoolean()).isTrue();
        JsonNode status = run("stage", "get", "--json").json();
        assertThat(status.get("base").asText()).isEqualTo("SOURCE_ONLY");
        assertThat(status.get("owesCarryBack").asBoolean()).isTrue();
        assertThat(run("stage", "set", "DUAL_WRITE").err()).contains("session rollback");

        assertThat(run("rollback", "--window", "0s").exitCode()).isZero();

        assertThat(run("stage", "get", "--json").json().get("owesCarryBack").asBoolean())
                .isFalse();
        try (SessionService store = SessionStores.open(source)) {
            assertThat(store.find(key("only there"), EventSelection.none())).isPresent();
        }
    }

    // rollout preview

    @Test
    void preview_countsWhatThePolicyDoes_andListsThemIfAsked() throws IOException {
        List<String> users = IntStream.range(0, 500).mapToObj(i -> "user " + i).toList();
        Path file = Files.write(folder.resolve("users"), users);
        RolloutPolicy ten = RolloutPolicy.builder("spring").percentage(10).build();
        RolloutPolicy fifty = ten.toBuilder().percentage(50).build();
        List<String> entering = users.stream()
                .filter(user -> ten.moveTo(fifty, user) == RolloutMove.ENTERS)
                .toList();

        Run run = preview(file, "10", "50", "--json");
        Run listed = preview(file, "10", "50", "--list");

        assertThat(run.json().get("enters").asInt()).isEqualTo(entering.size());
        assertThat(run.json().get("leaves").asInt()).isZero();
        assertThat(run.json().get("stays_on_source").asInt()
                        + run.json().get("stays_on_target").asInt()
                        + entering.size())
                .isEqualTo(500);
        List<String> expected = new ArrayList<>(entering);
        expected.replaceAll(user -> "+ " + user);
        assertThat(listed.out().lines()).containsSequence(expected);
        assertThat(preview(file, "10", "50").out()).doesNotContain("user 1");
    }

    @Test
    void preview_badInput_isAWrongUsage() throws IOException {
        Path file = Files.writeString(folder.resolve("users"), "a\n");
        Path latin = Files.write(folder.resolve("latin"), "n\u00e9e\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(preview(file, "1", "x").exitCode()).isEqualTo(2);
        assertThat(preview(folder.resolve("missing"), "1", "5"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("is not there"));
        assertThat(preview(latin, "1", "5"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("is not UTF-8"));
    }

    private static Run preview(Path file, String from, String to, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("rollout", "preview", "--salt", "spring", "--from", from, "--to", to, "--users", "" + file));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    private void set(String stage) {
        Run run = run("stage", "set", stage, "--by", "ada", "--reason", "test");
        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--from", source, "--to", target));
        return Run.of(all.toArray(String[]::new));
    }

    private static void create(String address, String session) {
        try (SessionService store = SessionStores.open(address)) {
            store.create(NewSession.builder(key(session)).build());
        }
    }

    private static SessionKey key(String session) {
        return new SessionKey("app", "ada", session);
    }
}
