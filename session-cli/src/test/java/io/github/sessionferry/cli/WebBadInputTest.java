package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Session files of a web application that are wrong get a clear line each, and the rest is moved to Redis. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its files have no such names, and links need a privilege")
class WebBadInputTest {

    private static final String GOOD = "{\"logged_in\": true, \"user_id\": 12345, \"lang\": \"jp\"}";

    private final RedisServer redis = RedisServer.start();

    @TempDir
    private Path folder;

    private Path sessions;

    @BeforeEach
    void writeGoodSessions() throws IOException {
        sessions = Files.createDirectory(folder.resolve("sessions"));
        write("sess_good", GOOD);
        write("sess_key", "{\"" + "k".repeat(10_000) + "\": 1}");
    }

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(sessions.resolve(name), content, StandardCharsets.UTF_8);
    }

    private String address() {
        return "file:" + sessions + "?layout=web&userKey=user_id";
    }

    private String target() {
        return redis.address() + "?layout=web&userKey=user_id";
    }

    private String[] migration(String from) {
        return new String[] {"migrate", "--from", from, "--to", target(), "--json"};
    }

    @Test
    void filesThatAreNoSessions_areToldEach_andTheRestIsMoved() throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        write("sess_empty", "");
        reasons.put("sess_empty", "the file is empty");
        write("sess_half", "{\"token\": \"s3cr3t");
        reasons.put("sess_half", "no JSON");
        write("sess_large", "{\"token\": \"" + "s3cr3t".repeat(900_000) + "\"}");
        reasons.put("sess_large", "more than the 4194304 of maxBytes");
        Path outside = Files.writeString(folder.resolve("outside"), GOOD);
        Files.createSymbolicLink(sessions.resolve("sess_link"), outside);
        reasons.put("sess_link", "a symbolic link, which is not followed");
        write("sess_a b", GOOD);
        reasons.put("sess_a b", "the file's name is no session's");

        Run run = Run.of(migration(address()));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().get("migrated").asInt()).isEqualTo(2);
        assertThat(run.json().get("skipped").asInt()).isEqualTo(reasons.size());
        assertThat(run.json().get("failed").asInt()).isZero();
        reasons.forEach((file, reason) -> assertThat(run.err().lines())
                .as(file)
                .anyMatch(line -> line.startsWith("  ") && line.contains(file) && line.contains(reason)));
        assertThat(run.err()).doesNotContain("s3cr3t");
        try (SessionService store = SessionStores.open(target())) {
            assertThat(store.find(new SessionKey("web", "12345", "good"), EventSelection.none())
                            .orElseThrow()
                            .state())
                    .containsEntry("lang", "jp");
            assertThat(store.find(new SessionKey("web", "", "key"), EventSelection.none())
                            .orElseThrow()
                            .state())
                    .containsExactly(Map.entry("k".repeat(10_000), 1L));
        }
    }

    @Test
    void filesThatAreLargerThanAllowed_areMovedIfMoreIsAllowed() throws IOException {
        write("sess_large", "{\"text\": \"" + "x".repeat(5 << 20) + "\"}");

        String larger = address() + "&maxBytes=8000000";

        Run run = Run.of(migration(larger));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("migrated").asInt()).isEqualTo(3);
        assertThat(Run.of("validate", "--from", larger, "--to", target()).exitCode())
                .isZero();
    }

    @Test
    void idsThatWouldLeaveTheFolder_goThroughRedis_andStayInTheFolderThatTheyComeBackTo() throws IOException {
        Path store = folder.resolve("hostile");
        String files = "file:" + store + "?layout=web&create=true";
        String inRedis = redis.address() + "?layout=web";

        Run toRedis = Run.of("migrate", "--from", dump("../../outside"), "--to", inRedis);
        Run toFiles = Run.of("migrate", "--from", inRedis, "--to", files);

        assertThat(toRedis.exitCode()).as(toRedis.err()).isZero();
        assertThat(toFiles.exitCode()).as(toFiles.err()).isZero();
        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(folder.getParent().resolve("outside")).doesNotExist();
        assertThat(Run.of("validate", "--from", inRedis, "--to", files).exitCode())
                .isZero();
    }

    private String dump(String id) throws IOException {
        Path dumps = Files.createDirectory(folder.resolve("dumps"));
        Files.writeString(
                dumps.resolve("one.json"),
                "{\"app_name\": \"web\", \"user_id\": \"\", \"id\": \"%s\", \"last_update_time\": 1767225600.5,"
                                .formatted(id)
                        + " \"state\": {\"k\": 1}, \"events\": []}");
        return "file:" + dumps + "?layout=adk-json";
    }

    @Test
    void fileThatMayNotBeRead_isTold_andTheRestIsMoved() throws Exception {
        write("sess_locked", GOOD);
        Files.setPosixFilePermissions(sessions.resolve("sess_locked"), Set.of());

        Run run = ChildJvm.runAsOrdinaryUser(migration(address()));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.json().get("migrated").asInt()).isEqualTo(2);
        assertThat(run.json().get("skipped").asInt()).isEqualTo(1);
        assertThat(run.err().lines())
                .anyMatch(line -> line.startsWith("  ") && line.contains("sess_locked: the file may not be read"));
    }

    @Test
    void folderThatMayNotBeRead_endsTheCommand_andIsNamed() throws Exception {
        Files.setPosixFilePermissions(sessions, Set.of());

        Run run = ChildJvm.runAsOrdinaryUser(migration(address()));

        Files.setPosixFilePermissions(sessions, PosixFilePermissions.fromString("rwx------"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(sessions.toString()).contains("may not be read");
    }

    @Test
    void categoryFileWithAnUnknownField_isAWrongUsage() throws IOException {
        Path categories = Files.writeString(
                folder.resolve("categories.json"),
                "{\"categories\": [{\"name\": \"a\", \"ttl\": 5}], \"unlisted\": \"a\"}");

        Run run = Run.of(
                "migrate",
                "--from",
                address(),
                "--to",
                "redis://127.0.0.1:1?layout=web&categories=" + categories,
                "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("categories.json").contains("categories[0] has the unknown field 'ttl'");
    }
}
