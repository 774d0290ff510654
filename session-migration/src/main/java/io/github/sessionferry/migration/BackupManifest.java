package io.github.sessionferry.migration;

import io.github.sessionferry.core.codec.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.binary.Hex;
import org.jspecify.annotations.Nullable;

/**
 * What a finished backup consists of. Immutable.
 *
 * @param header what it is
 * @param began when its first attempt did
 * @param ended when it was finished
 * @param attempts how often it was begun or gone on with
 * @param idle for how long nothing ran between the attempts
 * @param parts its parts, in the order in which they were written
 */
record BackupManifest(
        BackupHeader header, Instant began, Instant ended, int attempts, Duration idle, List<BackupPart> parts) {

    private static final String CHECKSUM = "checksum";

    BackupManifest {
        parts = List.copyOf(parts);
    }

    BackupCounts counts() {
        return parts.stream().map(BackupPart::counts).reduce(BackupCounts.NONE, BackupCounts::plus);
    }

    byte[] write(BackupCipher cipher) {
        Map<String, Object> fields = header.write();
        fields.put("began", began.toString());
        fields.put("ended", ended.toString());
        fields.put("attempts", (long) attempts);
        fields.put("idle_millis", idle.toMillis());
        BackupPart.putCounts(fields, counts());
        fields.put("parts", parts.stream().map(BackupPart::write).toList());
        fields.put(CHECKSUM, checksum(fields, cipher));
        return ReportJson.write(fields).getBytes(StandardCharsets.UTF_8);
    }

    /** The header alone, which says whether a key is needed. */
    static BackupHeader header(byte[] json) throws BackupDamage {
        try {
            return BackupHeader.read(JournalLine.parse(new String(json, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw damage(e);
        }
    }

    static BackupManifest read(byte[] json, BackupCipher cipher) throws BackupDamage {
        String text = new String(json, StandardCharsets.UTF_8);
        try {
            requireChecksum(text, cipher);
            JournalLine fields = JournalLine.parse(text);
            BackupManifest manifest = new BackupManifest(
                    BackupHeader.read(fields),
                    fields.time("began"),
                    fields.time("ended"),
                    fields.smallNumber("attempts"),
                    Duration.ofMillis(fields.number("idle_millis")),
                    fields.objects("parts").stream().map(BackupPart::read).toList());
            if (!manifest.counts().equals(BackupPart.counts(fields))) {
                throw new BackupDamage("the counts of the manifest are not those of its parts");
            }
            return manifest;
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw damage(e);
        }
    }

    private static BackupDamage damage(RuntimeException cause) {
        return new BackupDamage("the manifest cannot be understood (" + cause.getMessage() + ")", cause);
    }

    @SuppressWarnings("unchecked") // JSON has no maps with other keys
    private static void requireChecksum(String text, BackupCipher cipher) throws BackupDamage {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>((Map<String, @Nullable Object>)
                Optional.ofNullable(Json.read(text)).orElseThrow(() -> new IllegalArgumentException("it is null")));
        Object told = fields.remove(CHECKSUM);
        if (!checksum(fields, cipher).equals(told)) {
            throw new BackupDamage("the manifest was changed since it was written");
        }
    }

    /** Of what the manifest says, not of how it is laid out. */
    private static String checksum(Map<String, ? extends @Nullable Object> fields, BackupCipher cipher) {
        return Hex.encodeHexString(cipher.hash(Json.write(fields).getBytes(StandardCharsets.UTF_8)));
    }
}
