package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a finished backup, whatever of it is damaged. Thread-safe; holds no file open. */
final class BackupReader {

    private final BackupFolder folder;
    private final BackupManifest manifest;
    private final BackupCipher cipher;
    private final List<Part> parts;

    private BackupReader(BackupFolder folder, BackupManifest manifest, BackupCipher cipher) {
        this.folder = folder;
        this.manifest = manifest;
        this.cipher = cipher;
        parts = manifest.parts().stream().map(Part::new).toList();
    }

    /**
     * Opens a backup.
     *
     * @throws SessionException if there is none, if it needs another key, or if its manifest is not as it was written
     */
    static BackupReader open(Path path, Optional<BackupKey> key) {
        BackupFolder folder = new BackupFolder(path);
        try {
            if (!Files.isDirectory(path)) {
                throw absent("there is no folder " + path + "; check the path");
            }
            if (!folder.exists(BackupFolder.MANIFEST)) {
                throw absent(
                        folder.exists(BackupFolder.PROGRESS)
                                ? "the backup in " + path + " is not finished; go on with it: session backup --resume"
                                : "the folder " + path + " holds no backup, for it has no " + BackupFolder.MANIFEST);
            }
            byte[] json = folder.read(BackupFolder.MANIFEST);
            BackupCipher cipher = BackupWriter.cipher(BackupManifest.header(json), key);
            return new BackupReader(folder, BackupManifest.read(json, cipher), cipher);
        } catch (BackupDamage e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    e.reason() + ": " + path.resolve(BackupFolder.MANIFEST)
                            + "; take it from another copy of the backup",
                    e);
        } catch (IOException e) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE,
                    "the backup in " + path + " cannot be read (" + e.getClass().getSimpleName()
                            + "); check the permissions",
                    e);
        }
    }

    private static SessionException absent(String message) {
        return new SessionException(SessionErrorCode.STORE_NOT_FOUND, message);
    }

    /** What a block at a place of a part is bound to, and how it is named to people. */
    static String place(String part, long offset) {
        return part + " at byte " + offset;
    }

    BackupFolder folder() {
        return folder;
    }

    BackupManifest manifest() {
        return manifest;
    }

    BackupCipher cipher() {
        return cipher;
    }

    List<Part> parts() {
        return parts;
    }

    /** Finds the line of a session or scope; the newest, if there are several. */
    Optional<BackupLine> find(Object item) throws BackupDamage {
        byte[] hash = cipher.hash(BackupItems.bytes(item));
        Optional<BackupDamage> damage = Optional.empty();
        for (int i = parts.size() - 1; i >= 0; i--) {
            Part part = parts.get(i);
            if (part.damage().isPresent()) {
                damage = part.damage();
                continue;
            }
            Optional<BackupIndex.Place> place = part.index().find(hash);
            if (place.isPresent()) {
                byte[] lines = part.lines(place.get().block());
                BackupLine line =
                        BackupLine.parse(BackupBlock.line(lines, place.get().position()));
                if (!line.item().equals(Optional.of(item))) {
                    throw new BackupDamage(part.meta().file() + ": its index leads to something else");
                }
                return Optional.of(line);
            }
        }
        if (damage.isPresent()) {
            throw damage.get();
        }
        return Optional.empty();
    }

    /** What the source could not give when the backup was made. */
    List<Problem> unreadable() {
        Problems problems = new Problems();
        for (Part part : parts) {
            if (part.meta().counts().unreadable() > 0 && part.damage().isEmpty()) {
                addUnreadable(part, problems);
            }
        }
        return problems.list();
    }

    private static void addUnreadable(Part part, Problems problems) {
        for (int block = 0; block < part.index().blocks(); block++) {
            try {
                for (byte[] line : part.split(block)) {
                    if (BackupLine.isUnreadable(line)) {
                        BackupLine.parse(line).addTo(problems);
                    }
                }
            } catch (BackupDamage e) {
                // Who asks for damage asks the verifier.
            }
        }
    }

    /** A part with its index. Immutable. */
    final class Part {

        private final BackupPart meta;
        private final Optional<BackupIndex> index;
        private final Optional<BackupDamage> damage;

        private Part(BackupPart meta) {
            this.meta = meta;
            Optional<BackupIndex> opened = Optional.empty();
            Optional<BackupDamage> failed = Optional.empty();
            try {
                opened = Optional.of(
                        BackupIndex.open(folder.path().resolve(BackupFolder.indexOf(meta.file())), meta.indexSha256()));
            } catch (BackupDamage e) {
                failed = Optional.of(new BackupDamage(meta.file() + ": " + e.reason(), e));
            }
            index = opened;
            damage = failed;
        }

        BackupPart meta() {
            return meta;
        }

        /** Why nothing can be found in it; empty if its index is whole. */
        Optional<BackupDamage> damage() {
            return damage;
        }

        BackupIndex index() {
            return index.orElseThrow(() -> new IllegalStateException("the part is damaged"));
        }

        /** How a block is named. */
        String place(int block) {
            try {
                return BackupReader.place(meta.file(), index().block(block).offset());
            } catch (BackupDamage e) {
                return meta.file();
            }
        }

        /** All lines of a block. */
        byte[] lines(int number) throws BackupDamage {
            BackupIndex.Block block = index().block(number);
            String place = BackupReader.place(meta.file(), block.offset());
            if (block.length() > BackupBlock.LONGEST || block.stored() > BackupBlock.LONGEST) {
                throw new BackupDamage(place + ": the block is longer than any");
            }
            try {
                byte[] stored = folder.read(meta.file(), block.offset(), block.stored());
                return BackupBlock.decompress(cipher.open(stored, place), block.length());
            } catch (BackupDamage e) {
                throw new BackupDamage(place + ": " + e.reason(), e);
            } catch (IOException e) {
                throw new BackupDamage(
                        place + ": it cannot be read (" + e.getClass().getSimpleName() + ")", e);
            }
        }

        /** The lines of a block, one by one. */
        List<byte[]> split(int number) throws BackupDamage {
            byte[] lines = lines(number);
            List<byte[]> split = new ArrayList<>();
            for (int position = 0; position < lines.length; ) {
                byte[] line = BackupBlock.line(lines, position);
                split.add(line);
                position += line.length + 1;
            }
            return split;
        }
    }
}
