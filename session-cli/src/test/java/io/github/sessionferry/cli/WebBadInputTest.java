package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Session files of a web application that are wrong get a clear line each, and the rest is moved. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "its files have no such names, and links need a privilege")
class WebBadInputTest {

    private static final String GOOD = "{\"logged_in\": true, \"user_id\": 12345, \"lang\": \"jp\"}";

    @TempDir
    private Path folder;

    private Path sessions;

    @BeforeEach
    void writeGoodSessions() throws IOException {
        sessions = Files.createDirectory(folder.resolve("sessions"));
        write("sess_good", GOOD);
        write("sess_key", "{\"" + "k".repeat(10_000) + "\": 1}");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(sessions.resolve(name), content, StandardCharsets.UTF_8);
    }

    private String address() {
        return "file:" + sessions + "?layout=web&userKey=user_id";
    }

    private Run migrate(String from) {
        return Run.of("migrate", "--from", from, "--to", "file:" + folder.resolve("store") + "?create=true", "--json");
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

        Run run = migrate(address());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().get("migrated").asInt()).isEqualTo(2);
        assertThat(run.json().get("skipped").asInt()).isEqualTo(reasons.size());
        assertThat(run.json().get("failed").asInt()).isZero();
        reasons.forEach((file, reason) -> assertThat(run.err().lines())
                .as(file)
                .anyMatch(line -> line.startsWith("  ") && line.contains(file) && line.contains(reason)));
        assertThat(run.err()).doesNotContain("s3cr3t");
    }

    @Test
    void filesThatAreLargerThanAllowed_areMovedIfMoreIsAllowed() throws IOException {
        write("sess_large", "{\"text\": \"" + "x".repeat(5 << 20) + "\"}");

        Run run = migrate(address() + "&maxBytes=8000000");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("migrated").asInt()).isEqualTo(3);
    }

    @Test
    void idsThatWouldLeaveTheFolder_areKeptInIt_andComeBack() throws IOException {
        Path store = folder.resolve("hostile");
        Run toWeb = Run.of(
                "migrate",
                "--from",
                dump("../../outside"),
                "--to",
                "file:" + store + "?layout=web&create=true",
                "--json");

        assertThat(toWeb.exitCode()).as(toWeb.err()).isZero();
        assertThat(folder.resolve("outside")).doesNotExist();
        Run validate = Run.of(
                "validate",
                "--from",
                "file:" + folder.resolve("dumps") + "?layout=adk-json",
                "--to",
                "file:" + store + "?layout=web",
                "--json");
        assertThat(validate.json().get("missing").asInt()).as(validate.err()).isZero();
    }

    private String dump(String id) throws IOException {
        Path dumps = Files.createDirectory(folder.resolve("dumps"));
        Files.writeString(
                dumps.resolve("one.json"),
                "{\"app_name\": \"a\", \"user_id\": \"u\", \"id\": \"%s\", \"last_update_time\": 1767225600.5,"
                                .formatted(id)
                        + " \"state\": {\"k\": 1}, \"events\": []}");
        return "file:" + dumps + "?layout=adk-json";
    }

    @Test
    void folderThatMayNotBeRead_endsTheCommand_andIsNamed() throws IOException {
        Files.setPosixFilePermissions(sessions, Set.of());
        assumeFalse(Files.isReadable(sessions), "this user may read everything");

        Run run = Run.of("migrate", "--from", address(), "--to", "memory:" + UUID.randomUUID(), "--json");

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
