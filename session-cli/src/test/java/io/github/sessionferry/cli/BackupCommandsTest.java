package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class BackupCommandsTest {

    private static final int SESSIONS = 20;
    private static final int EVENTS = 4;

    @TempDir
    private Path temporary;

    private final String source = "memory:" + UUID.randomUUID();

    private String folder() {
        return temporary.resolve("backup").toString();
    }

    private String keyFile() {
        return temporary.resolve("key.json").toString();
    }

    private void fill(String store) {
        Run run = Run.of("generate", "--to", store, "--sessions", "" + SESSIONS, "--events", "" + EVENTS);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void backup_verified_restored_andValidated_isEqual(boolean encrypted) {
        fill(source);
        String target = "file:" + temporary.resolve("target") + "?create=true";
        List<String> key = encrypted ? List.of("--key", keyFile()) : List.of();
        if (encrypted) {
            assertThat(Run.of("backup", "--generate-key", keyFile()).exitCode()).isZero();
        }

        Run backup = run(key, "backup", "--from", source, "--to", folder(), "--json");
        Run verify = run(key, "verify-backup", "--from", folder(), "--json");
        Run restore = run(key, "restore", "--from", folder(), "--to", target, "--json");
        String address = "backup:" + folder() + (encrypted ? "?key=" + keyFile() : "");
        Run validate = Run.of("validate", "--from", address, "--to", target, "--temp", "keep", "--json");
        Run withSource = Run.of("validate", "--from", source, "--to", target, "--temp", "keep", "--json");

        assertThat(backup.exitCode()).as(backup.err()).isZero();
        assertThat(backup.json().get("command").asText()).isEqualTo("backup");
        assertThat(backup.json().get("sessions").asInt()).isEqualTo(SESSIONS);
        assertThat(backup.json().get("events").asInt()).isEqualTo(SESSIONS * EVENTS);
        assertThat(backup.json().get("encrypted").asBoolean()).isEqualTo(encrypted);
        assertThat(verify.exitCode()).as(verify.err()).isZero();
        assertThat(verify.json().get("passed").asBoolean()).isTrue();
        assertThat(verify.json().get("sessions").asInt()).isEqualTo(SESSIONS);
        assertThat(restore.exitCode()).as(restore.err()).isZero();
        assertThat(restore.json().get("created").asInt()).isEqualTo(SESSIONS);
        assertThat(validate.exitCode()).as(validate.err()).isZero();
        assertThat(withSource.exitCode()).as(withSource.err()).isZero();
        assertThat(withSource.json().get("matched").asInt()).isEqualTo(SESSIONS);
    }

    private static Run run(List<String> key, String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), key.stream()).toArray(String[]::new));
    }

    @Test
    void backupOfFirestore_restoredToAgentEngine_isEqual() {
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = "firestore://p/(default)?layout=adk-flat&emulator=" + firestore.endpoint();
            String to = EmulateAgentEngineCommand.address(engine.endpoint());
            fill(from);

            Run backup = Run.of("backup", "--from", from, "--to", folder(), "--json");
            Run restore = Run.of("restore", "--from", folder(), "--to", to, "--json");
            Run validate = Run.of("validate", "--from", from, "--to", to, "--temp", "keep", "--json");

            assertThat(backup.exitCode()).as(backup.err()).isZero();
            assertThat(restore.exitCode()).as(restore.err()).isZero();
            assertThat(restore.json().get("created").asInt()).isEqualTo(SESSIONS);
            assertThat(validate.exitCode()).as(validate.out()).isZero();
            assertThat(validate.json().get("matched").asInt()).isEqualTo(SESSIONS);
        }
    }

    @Test
    void backup_resumedWhenFinished_saysSo() {
        fill(source);
        Run first = Run.of("backup", "--from", source, "--to", folder(), "--resume", "--json");

        Run again = Run.of("backup", "--from", source, "--to", folder(), "--resume", "--json");

        assertThat(first.exitCode()).isZero();
        assertThat(again.exitCode()).isZero();
        assertThat(again.json().get("finished")).isEqualTo(first.json().get("finished"));
    }

    @Test
    void verifyBackup_ofADamagedOne_namesTheDamageAndFails() throws IOException {
        fill(source);
        Run.of("backup", "--from", source, "--to", folder());
        Path part = temporary.resolve("backup/part-00001.jsonl.gz");
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        Files.write(part, bytes);

        Run verify = Run.of("verify-backup", "--from", folder());
        Run json = Run.of("verify-backup", "--from", folder(), "--json");

        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).contains("✘ Damaged", "part-00001.jsonl.gz: the file does not have the checksum");
        assertThat(json.json().get("passed").asBoolean()).isFalse();
        assertThat(json.json().get("damages")).isNotEmpty();
    }

    @Test
    void backupWithAManifestThatWasChanged_failsInOneLine() throws IOException {
        fill(source);
        Run.of("backup", "--from", source, "--to", folder());
        Path manifest = temporary.resolve("backup/manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"events\" : 80", "\"events\" : 81"));

        Run verify = Run.of("verify-backup", "--from", folder());

        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.err().lines()).singleElement().asString().contains("manifest was changed");
    }

    @Test
    void wrongUsage_isToldInOneLine() throws IOException {
        fill(source);
        Run.of("backup", "--generate-key", keyFile());
        Run.of("backup", "--from", source, "--to", folder(), "--key", keyFile());
        String other = temporary.resolve("other.json").toString();
        Run.of("backup", "--generate-key", other);
        String plain = temporary.resolve("plain").toString();
        Run.of("backup", "--from", source, "--to", plain);
        Path used = Files.createDirectory(temporary.resolve("used"));
        Files.writeString(used.resolve("notes"), "mine");
        String absent = temporary.resolve("absent").toString();

        assertUsage("Missing required argument", "backup");
        assertUsage("--to", "backup", "--from", source);
        assertUsage("mutually exclusive", "backup", "--generate-key", absent, "--from", source, "--to", absent);
        assertUsage("no key is ever overwritten", "backup", "--generate-key", keyFile());
        assertUsage("is not empty", "backup", "--from", source, "--to", used.toString());
        assertUsage("is not empty", "backup", "--from", source, "--to", plain);
        assertUsage("there is no store", "backup", "--from", "file:" + absent, "--to", absent);
        assertUsage("holds no key", "backup", "--from", source, "--to", absent, "--key", keyFileThatIsNone());
        assertUsage("concurrency is 0", "backup", "--from", source, "--to", absent, "--concurrency", "0");
        assertUsage("there is no folder", "verify-backup", "--from", absent);
        assertUsage("holds no backup", "verify-backup", "--from", used.toString());
        assertUsage("is encrypted", "verify-backup", "--from", folder());
        assertUsage("does not open this backup", "verify-backup", "--from", folder(), "--key", other);
        assertUsage("is not encrypted", "verify-backup", "--from", plain, "--key", keyFile());
        assertUsage("is encrypted", "restore", "--from", folder(), "--to", "memory:" + UUID.randomUUID());
        assertUsage("can only be read", "generate", "--to", "backup:" + plain, "--sessions", "1", "--events", "1");
        assertUsage("knows no parameter", "validate", "--from", "backup:" + plain + "?x=1", "--to", source);
        assertThat(Path.of(absent)).doesNotExist();
    }

    private String keyFileThatIsNone() throws IOException {
        Path file = Files.createTempFile(temporary, "none", ".json");
        Files.writeString(file, "s3cret");
        return file.toString();
    }

    private static void assertUsage(String message, String... arguments) {
        Run run = Run.of(arguments);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains(message)
                .doesNotContain("s3cret");
    }

    /** The sessions take several times the memory that the commands get. */
    @Test
    void commands_ofMoreThanFitsInMemory_complete() throws Exception {
        String from = "file:" + temporary.resolve("from") + "?create=true";
        String to = "file:" + temporary.resolve("to") + "?create=true";

        small("generate", "--to", from, "--sessions", "2000", "--events", "20");
        small("backup", "--from", from, "--to", folder());
        small("verify-backup", "--from", folder());
        small("restore", "--from", folder(), "--to", to);

        assertThat(Run.of("validate", "--from", from, "--to", to).exitCode()).isZero();
    }

    private static void small(String... arguments) throws Exception {
        Process command =
                ChildJvm.start(List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"), arguments);
        assertThat(command.waitFor(250, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isZero();
    }
}
