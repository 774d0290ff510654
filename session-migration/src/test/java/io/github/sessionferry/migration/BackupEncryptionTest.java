package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BackupEncryptionTest {

    private static final int SESSIONS = 40;

    @TempDir
    private Path temporary;

    private final InMemorySessionService source =
            InMemorySessionService.builder().build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().build();
    private final SessionFaults faults = SessionFaults.seeded(1);

    @BeforeEach
    void fill() {
        Samples.fill(source, SESSIONS, 2);
        source.storeSharedState(SharedScope.user("shop", "user-1"), Map.of("n", SharedValue.of(1L, Samples.T0)));
    }

    private Path folder() {
        return temporary.resolve("backup");
    }

    private Path keyFile() {
        return temporary.resolve("key.json");
    }

    private Backup.Builder backup() {
        return Backup.builder(new FaultySessionService(source, faults), folder())
                .pageSize(5)
                .concurrency(1)
                .partBytes(1_000);
    }

    @Test
    void encryptedBackup_restoresWithItsKey_alsoFromTheFile() {
        BackupKey key = BackupKey.generate(keyFile());
        BackupReport report = backup().key(key).build().run();

        BackupVerification verification =
                BackupVerifier.of(folder(), BackupKey.read(keyFile())).run();
        try (SessionService backup = SessionStores.open("backup:" + folder() + "?key=" + keyFile())) {
            Backup.restore(backup, target).build().run();
        }

        assertThat(report.encrypted()).isTrue();
        assertThat(verification.passed()).as(verification.toJson()).isTrue();
        assertThat(verification.read().sessions()).isEqualTo(SESSIONS);
        assertThat(Validator.builder(source, target)
                        .tolerance(Duration.ZERO)
                        .build()
                        .run()
                        .verdict())
                .isEqualTo(ValidationReport.Verdict.EQUAL);
    }

    @Test
    void encryptedBackup_showsNeitherIdsNorContent_finishedOrNot() throws IOException {
        BackupKey key = BackupKey.generate(keyFile());
        Backup[] running = new Backup[1];
        faults.on(SessionOperation.FIND).skip(12).times(1).runBefore(call -> running[0].cancel());
        running[0] = backup().key(key).build();

        running[0].run();
        assertShowsNothing(BackupFolder.PROGRESS);
        BackupReport report = backup().key(key).resume(true).build().run();
        assertShowsNothing(BackupFolder.MANIFEST);

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts().sessions()).isEqualTo(SESSIONS);
    }

    private void assertShowsNothing(String mustBeThere) throws IOException {
        assertThat(folder().resolve(mustBeThere)).exists();
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : files.toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(text).as(file.toString()).doesNotContain("user-", "session-0", "\"shop\"", Samples.SECRET);
            }
        }
    }

    @Test
    void indexes_ofTwoBackupsWithOneKey_cannotBeCompared() throws IOException {
        BackupKey key = BackupKey.generate(keyFile());
        Path other = temporary.resolve("other");
        backup().key(key).build().run();
        Backup.builder(source, other).key(key).build().run();

        byte[] hash = BackupItems.bytes(Samples.key(1));
        byte[] first = BackupReader.open(folder(), Optional.of(key)).cipher().hash(hash);
        byte[] second = BackupReader.open(other, Optional.of(key)).cipher().hash(hash);

        assertThat(first).isNotEqualTo(second).isNotEqualTo(BackupCipher.PLAIN.hash(hash));
    }

    @Test
    void wrongKeys_areRefused() {
        backup().key(BackupKey.generate(keyFile())).build().run();
        BackupKey wrong = BackupKey.generate(temporary.resolve("wrong.json"));

        assertRefused(() -> Backup.open(folder(), wrong), "does not open this backup");
        assertRefused(() -> Backup.open(folder()), "is encrypted");
        assertRefused(() -> BackupVerifier.of(folder(), wrong).run(), "does not open this backup");
        assertRefused(() -> backup().key(wrong).resume(true).build().run(), "does not open this backup");
    }

    @Test
    void plainBackup_withAKey_isRefused() {
        backup().build().run();
        BackupKey key = BackupKey.generate(keyFile());

        assertRefused(() -> Backup.open(folder(), key), "is not encrypted");
    }

    @Test
    void resume_withAnotherKey_isRefused() {
        Backup cancelled = backup().key(BackupKey.generate(keyFile())).build();
        cancelled.cancel();
        cancelled.run();
        BackupKey wrong = BackupKey.generate(temporary.resolve("wrong.json"));

        assertRefused(() -> backup().key(wrong).resume(true).build().run(), "does not open this backup");
        assertRefused(() -> backup().resume(true).build().run(), "is encrypted");
    }

    @Test
    void generate_overAFile_isRefused() throws IOException {
        Files.writeString(keyFile(), "mine");

        assertThatThrownBy(() -> BackupKey.generate(keyFile()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.ALREADY_EXISTS));
        assertThat(keyFile()).hasContent("mine");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void keyFile_isForItsOwnerAlone_orRefused() throws IOException {
        BackupKey.generate(keyFile());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile())))
                .isEqualTo("rw-------");

        for (String shared : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString(shared));

            assertRefused(() -> BackupKey.read(keyFile()), "chmod 600");
        }
    }

    @Test
    void keyFile_thatIsNone_isRefused_andNotQuoted() throws IOException {
        for (String text : List.of("", "{}", "s3cret-but-no-key", "{\"primaryKeyId\":1,\"key\":[]}")) {
            Path file = Files.createTempFile(temporary, "key", ".json");
            Files.writeString(file, text);

            assertThatThrownBy(() -> BackupKey.read(file))
                    .isInstanceOfSatisfying(
                            SessionException.class,
                            e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAUTHENTICATED))
                    .hasMessageContaining("holds no key")
                    .hasMessageNotContaining("s3cret");
        }
        assertRefused(() -> BackupKey.read(temporary.resolve("absent")), "cannot be read");
    }

    @Test
    void key_doesNotShowItself() throws IOException {
        BackupKey key = BackupKey.generate(keyFile());

        assertThat(Files.readString(keyFile())).contains("AesGcmKey");
        assertThat(key).hasToString("BackupKey");
    }

    private static void assertRefused(ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAUTHENTICATED))
                .hasMessageContaining(message);
    }
}
