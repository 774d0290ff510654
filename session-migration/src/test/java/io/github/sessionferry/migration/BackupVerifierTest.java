package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BackupVerifierTest {

    private static final int SESSIONS = 40;

    @TempDir
    private Path temporary;

    private final InMemorySessionService source =
            InMemorySessionService.builder().build();

    private Path folder() {
        return temporary.resolve("backup");
    }

    private Optional<BackupKey> backUp(boolean encrypted) {
        Samples.fill(source, SESSIONS, 2);
        Backup.Builder backup = Backup.builder(source, folder()).pageSize(5).partBytes(1_000);
        Optional<BackupKey> key =
                encrypted ? Optional.of(BackupKey.generate(temporary.resolve("key.json"))) : Optional.empty();
        key.ifPresent(backup::key);
        assertThat(backup.build().run().succeeded()).isTrue();
        return key;
    }

    private BackupVerification verify(Optional<BackupKey> key) {
        return key.map(k -> BackupVerifier.of(folder(), k))
                .orElseGet(() -> BackupVerifier.of(folder()))
                .run();
    }

    static Stream<Arguments> tamperings() {
        return Stream.of(
                arguments("a missing part", part(BackupVerifierTest::delete), "part-00002", "the file is missing"),
                arguments("a truncated part", part(file -> write(file, half(file))), "part-00002", "bytes, not"),
                arguments("a longer part", part(BackupVerifierTest::append), "part-00002", "bytes, not"),
                arguments("a flipped byte", part(file -> flip(file, 60)), "part-00002", "checksum"),
                arguments("an empty part", part(file -> write(file, new byte[0])), "part-00002", "0 bytes, not"),
                arguments("a missing index", index(BackupVerifierTest::delete), ".index", "index cannot be read"),
                arguments("a flipped byte of an index", index(file -> flip(file, 50)), ".index", "was changed"),
                arguments("a truncated index", index(file -> write(file, half(file))), ".index", "was changed"),
                arguments("an empty index", index(file -> write(file, new byte[0])), ".index", "was changed"));
    }

    private static Consumer<Path> part(Consumer<Path> change) {
        return folder -> change.accept(named(folder, ""));
    }

    private static Consumer<Path> index(Consumer<Path> change) {
        return folder -> change.accept(named(folder, ".index"));
    }

    private static Path named(Path folder, String suffix) {
        Path plain = folder.resolve("part-00002.jsonl.gz");
        String name = Files.exists(plain) ? "part-00002.jsonl.gz" : "part-00002.jsonl.gz.enc";
        return folder.resolve(name + suffix);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tamperings")
    void backup_thatWasChanged_isNamedAndTheRestIsRead(
            String what, Consumer<Path> tampering, String place, String reason) {
        for (boolean encrypted : new boolean[] {false, true}) {
            temporary = temporary.resolve("t");
            Optional<BackupKey> key = inFreshFolder(encrypted);
            tampering.accept(folder());

            BackupVerification verification = verify(key);

            assertThat(verification.passed()).as(what).isFalse();
            assertThat(verification.damages()).anySatisfy(damage -> {
                assertThat(damage.place()).contains(place);
                assertThat(damage.reason()).contains(reason);
            });
            assertThat(verification.damages())
                    .allSatisfy(damage -> assertThat(damage.place()).contains("part-00002"));
            assertThat(verification.read().sessions()).isPositive();
            assertTellsNoAbsence(key);
        }
    }

    private Optional<BackupKey> inFreshFolder(boolean encrypted) {
        try {
            Files.createDirectories(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return backUp(encrypted);
    }

    /** Each session is found as it is, or fails: none is told to be absent. */
    private void assertTellsNoAbsence(Optional<BackupKey> key) {
        try (SessionService backup = key.map(k -> Backup.open(folder(), k)).orElseGet(() -> Backup.open(folder()))) {
            for (SessionKey session : Samples.keys(source)) {
                try {
                    assertThat(backup.find(session, EventSelection.all()))
                            .isEqualTo(source.find(session, EventSelection.all()));
                } catch (SessionException e) {
                    assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT);
                    assertThat(e).hasMessageContaining("part-00002");
                }
            }
        }
    }

    @Test
    void restore_ofADamagedBackup_bringsTheRestAndNamesTheDamage() {
        backUp(false);
        flip(named(folder(), ""), 60);
        InMemorySessionService target = InMemorySessionService.builder().build();

        try (SessionService backup = Backup.open(folder())) {
            MigrationReport report = Backup.restore(backup, target).build().run();

            assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
            assertThat(report.succeeded()).isFalse();
            assertThat(report.counts().created()).isBetween(1L, SESSIONS - 1L);
            assertThat(report.toJson()).contains("part-00002");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manifest_thatWasChanged_isRefused(boolean encrypted) {
        Optional<BackupKey> key = backUp(encrypted);
        Path manifest = folder().resolve(BackupFolder.MANIFEST);
        String json = new String(read(manifest), StandardCharsets.UTF_8);

        for (String changed : new String[] {
            json.replace("\"sessions\" : 40", "\"sessions\" : 41"),
            json.replaceFirst("\"sha256\" : \"..", "\"sha256\" : \"zz"),
            json.replace("part-00003", "part-00002"),
            json.replace("memory:", "other:"),
            json.substring(0, json.length() / 2),
            "",
            "[]",
            "null"
        }) {
            assertThat(changed).isNotEqualTo(json);
            write(manifest, changed.getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> verify(key))
                    .isInstanceOfSatisfying(
                            SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT))
                    .hasMessageContaining("manifest");
        }
    }

    @Test
    void manifest_thatNamesFilesElsewhere_isRefused() {
        backUp(false);
        Path manifest = folder().resolve(BackupFolder.MANIFEST);
        String json = new String(read(manifest), StandardCharsets.UTF_8);

        write(manifest, json.replace("part-00001.", "../../secret.").getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> verify(Optional.empty())).hasMessageContaining("manifest");
    }

    @Test
    void manifest_laidOutAnew_isStillTheSame() {
        backUp(false);
        Path manifest = folder().resolve(BackupFolder.MANIFEST);

        write(
                manifest,
                new String(read(manifest), StandardCharsets.UTF_8)
                        .replace("\n", " ")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(verify(Optional.empty()).passed()).isTrue();
    }

    /** Files that fit each other and are all as the manifest tells, but for what they say. */
    @Test
    void part_thatHoldsLessThanTheManifestTells_isNamed() throws BackupDamage {
        backUp(false);
        rewriteSecondPart(part -> new BackupPart(
                part.file(),
                part.bytes(),
                part.sha256(),
                part.indexSha256(),
                part.counts().plus(BackupCounts.ofSession(2))));

        assertThat(verify(Optional.empty()).damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.reason()).startsWith("it should hold"));
    }

    @Test
    void index_thatDoesNotLeadToASession_isNamed() throws BackupDamage {
        backUp(false);
        Path index = named(folder(), ".index");
        byte[] bytes = read(index);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int firstEntry = 16 + 16 * header.getInt(8);
        flip(index, firstEntry + BackupIndex.HASH_BYTES - 1);
        rewriteSecondPart(part -> new BackupPart(
                part.file(), part.bytes(), part.sha256(), DigestUtils.sha256Hex(read(index)), part.counts()));

        assertThat(verify(Optional.empty()).damages())
                .anySatisfy(damage -> assertThat(damage.reason()).isEqualTo("the index does not lead to it"));
    }

    private void rewriteSecondPart(UnaryOperator<BackupPart> change) throws BackupDamage {
        Path file = folder().resolve(BackupFolder.MANIFEST);
        BackupManifest manifest = BackupManifest.read(read(file), BackupCipher.PLAIN);
        List<BackupPart> parts = new ArrayList<>(manifest.parts());
        parts.set(1, change.apply(parts.get(1)));
        BackupManifest changed = new BackupManifest(
                manifest.header(), manifest.began(), manifest.ended(), manifest.attempts(), manifest.idle(), parts);
        write(file, changed.write(BackupCipher.PLAIN));
    }

    @Test
    void session_whoseHashIsWrong_isNamed() throws BackupDamage {
        byte[] line = BackupLine.of(Samples.session(Samples.key(1), 1)).bytes();
        assertThat(BackupLine.parse(line).session()).isEqualTo(Samples.session(Samples.key(1), 1));

        for (int i = 0; i < line.length; i += 7) {
            byte[] changed = line.clone();
            changed[i] ^= 1;

            assertThatThrownBy(() -> BackupLine.parse(changed)).as("byte %s", i).isInstanceOf(BackupDamage.class);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path file) {
        byte[] bytes = read(file);
        write(file, Arrays.copyOf(bytes, bytes.length + 10));
    }

    private static byte[] half(Path file) {
        byte[] bytes = read(file);
        return Arrays.copyOf(bytes, bytes.length / 2);
    }

    private static void flip(Path file, int position) {
        byte[] bytes = read(file);
        bytes[position] ^= 4;
        write(file, bytes);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
