package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.migration.BackupVerification.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a finished backup through, without any store, and names all that is not as it was written: the checksum of each
 * part and index, the hash of each session, whether each can be decoded and found, and the counts.
 *
 * <p>Of a backup that is not encrypted, the checksums find damage; whoever can write its files can also forge them. An
 * encrypted one cannot be forged without the key.
 *
 * <p>Thread-safe. Memory is bounded by a block, not by the size of the backup.
 *
 * @since 0.1
 */
public final class BackupVerifier {

    private final Path folder;
    private final Optional<BackupKey> key;

    private BackupVerifier(Path folder, Optional<BackupKey> key) {
        this.folder = requireNonNull(folder, "folder");
        this.key = key;
    }

    /**
     * Makes a verifier of a backup that is not encrypted.
     *
     * @param folder the backup's folder
     * @return the verifier
     */
    public static BackupVerifier of(Path folder) {
        return new BackupVerifier(folder, Optional.empty());
    }

    /**
     * Makes a verifier of an encrypted backup.
     *
     * @param folder the backup's folder
     * @param key the key that it was made with
     * @return the verifier
     */
    public static BackupVerifier of(Path folder, BackupKey key) {
        return new BackupVerifier(folder, Optional.of(key));
    }

    /**
     * Reads the backup through. May be called again.
     *
     * @return what was found
     * @throws SessionException {@link SessionErrorCode#STORE_NOT_FOUND} if there is no finished backup,
     *     {@link SessionErrorCode#UNAUTHENTICATED} if it needs another key, {@link SessionErrorCode#CORRUPT} if its
     *     manifest is not as it was written, so that nothing can be said of the rest
     */
    public BackupVerification run() {
        BackupReader reader = BackupReader.open(folder, key);
        Findings findings = new Findings();
        reader.parts().forEach(part -> new PartVerification(reader, part, findings).run());
        return findings.result(reader);
    }

    /** What was found so far. Not thread-safe. */
    private static final class Findings {

        private static final int MOST_DAMAGES = 1_000;

        private final List<Damage> damages = new ArrayList<>();
        private long damageCount;
        private BackupCounts read = BackupCounts.NONE;

        void damage(String place, String reason) {
            damageCount++;
            if (damages.size() < MOST_DAMAGES) {
                damages.add(new Damage(place, reason));
            }
        }

        BackupVerification result(BackupReader reader) {
            return new BackupVerification(
                    BackupSessionService.name(reader.folder().path()), reader.manifest(), read, damageCount, damages);
        }
    }

    /** Reads one part through. Not thread-safe. */
    private static final class PartVerification {

        private static final int NAMED_HASHES = 5;

        private final BackupReader reader;
        private final BackupReader.Part part;
        private final String name;
        private final Findings findings;
        private BackupCounts read = BackupCounts.NONE;

        PartVerification(BackupReader reader, BackupReader.Part part, Findings findings) {
            this.reader = reader;
            this.part = part;
            this.findings = findings;
            name = part.meta().file();
        }

        void run() {
            verifyFile();
            if (part.damage().isPresent()) {
                findings.damage(BackupFolder.indexOf(name), part.damage().get().reason());
                return;
            }
            for (int block = 0; block < part.index().blocks(); block++) {
                verifyBlock(block);
            }
            if (!read.equals(part.meta().counts())) {
                findings.damage(name, "it should hold " + part.meta().counts() + ", and " + read + " can be read");
            }
            findings.read = findings.read.plus(read);
        }

        private void verifyFile() {
            try {
                if (!reader.folder().exists(name)) {
                    findings.damage(name, "the file is missing");
                } else if (reader.folder().size(name) != part.meta().bytes()) {
                    findings.damage(
                            name,
                            "the file has " + reader.folder().size(name) + " bytes, not "
                                    + part.meta().bytes());
                } else if (!reader.folder().sha256(name).equals(part.meta().sha256())) {
                    findings.damage(name, "the file does not have the checksum that the manifest tells");
                }
            } catch (IOException e) {
                findings.damage(name, "the file cannot be read (" + e.getClass().getSimpleName() + ")");
            }
        }

        private void verifyBlock(int block) {
            try {
                byte[] lines = part.lines(block);
                for (int position = 0; position < lines.length; ) {
                    int end = BackupBlock.end(lines, position);
                    verifyLine(block, position, BackupBlock.line(lines, position));
                    position = end + 1;
                }
            } catch (BackupDamage e) {
                findings.damage(part.place(block), e.reason() + "; lost with it: " + lost(block));
            }
        }

        /** By their hashes, for nothing else is left of them. */
        private String lost(int block) {
            List<String> hashes = part.index().hashesIn(block);
            String first = String.join(", ", hashes.subList(0, Math.min(NAMED_HASHES, hashes.size())));
            return hashes.size() + " keys, by hash " + first + (hashes.size() > NAMED_HASHES ? ", …" : "");
        }

        private void verifyLine(int block, int position, byte[] bytes) {
            @Nullable Object item = null;
            try {
                BackupLine line = BackupLine.parse(bytes);
                item = line.item().orElse(null);
                BackupCounts counts = verifyContent(line);
                if (item != null) {
                    requireIndexed(item, new BackupIndex.Place(block, position));
                }
                read = read.plus(counts);
            } catch (BackupDamage e) {
                findings.damage(
                        part.place(block) + ", byte " + position + " of its lines" + (item == null ? "" : ", " + item),
                        e.reason());
            }
        }

        /** Decodes all of a line. */
        private static BackupCounts verifyContent(BackupLine line) throws BackupDamage {
            return switch (line.kind()) {
                case SESSION -> BackupCounts.ofSession(line.session().events().size());
                case SHARED_STATE -> BackupCounts.ofScope(line.values().size());
                case UNREADABLE -> {
                    line.addTo(new Problems());
                    yield BackupCounts.ofUnreadable();
                }
            };
        }

        /** A scope may stand there twice, if the store has told it twice; then one of the two is found. */
        private void requireIndexed(Object item, BackupIndex.Place place) throws BackupDamage {
            Optional<BackupIndex.Place> found =
                    part.index().find(reader.cipher().hash(BackupItems.bytes(item)));
            if (found.isEmpty()
                    || !(found.get().equals(place) || itemAt(found.get()).equals(Optional.of(item)))) {
                throw new BackupDamage("the index does not lead to it");
            }
        }

        private Optional<Object> itemAt(BackupIndex.Place place) throws BackupDamage {
            return BackupLine.parse(BackupBlock.line(part.lines(place.block()), place.position()))
                    .item();
        }
    }
}
