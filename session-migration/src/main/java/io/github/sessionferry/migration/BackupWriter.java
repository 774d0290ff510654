package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.codec.Json;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes a backup, part by part, so that it can be gone on with after a crash.
 *
 * <p>A part counts from the moment at which {@code progress.json} names it, and that file is replaced in one step, together
 * with how far the scans have come: what a crash has left half written is not named there, and is written again. After a
 * write that failed there is no other. Thread-safe.
 */
final class BackupWriter implements AutoCloseable {

    private static final int MOST_ENTRIES = 50_000;

    private final BackupFolder folder;
    private final BackupFolder.Held lock;
    private final BackupHeader header;
    private final BackupCipher cipher;
    private final BackupProgress progress;
    private final Backup.Builder settings;
    private final Clock clock;
    private final List<BackupPart> parts = new ArrayList<>();
    private BackupCounts counts = BackupCounts.NONE;
    private @Nullable OpenPart open;
    private boolean broken;

    private BackupWriter(
            Backup.Builder settings,
            BackupFolder folder,
            BackupFolder.Held lock,
            BackupHeader header,
            BackupCipher cipher,
            BackupProgress progress,
            List<BackupPart> parts) {
        this.settings = settings;
        this.folder = folder;
        this.lock = lock;
        this.header = header;
        this.cipher = cipher;
        this.progress = progress;
        this.clock = settings.clock;
        this.parts.addAll(parts);
        parts.forEach(part -> counts = counts.plus(part.counts()));
    }

    /**
     * Begins a backup, or goes on with one.
     *
     * @throws SessionException if the folder cannot be used for this backup; nothing was done
     */
    static BackupWriter open(Backup.Builder settings) {
        BackupFolder folder = new BackupFolder(settings.folder);
        try {
            folder.create();
            BackupFolder.Held lock = folder.lock();
            try {
                return folder.exists(BackupFolder.PROGRESS)
                        ? goOn(settings, folder, lock)
                        : begin(settings, folder, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE,
                    "the folder " + settings.folder + " cannot be used ("
                            + e.getClass().getSimpleName() + "); give one that may be written, with room",
                    e);
        }
    }

    private static BackupWriter begin(Backup.Builder settings, BackupFolder folder, BackupFolder.Held lock)
            throws IOException {
        if (!folder.isEmpty()) {
            throw new SessionException(
                    SessionErrorCode.ALREADY_EXISTS,
                    "the folder " + folder.path() + " is not empty and holds no unfinished backup; give an empty one");
        }
        String id = UUID.randomUUID().toString();
        BackupCipher cipher = settings.key == null ? BackupCipher.PLAIN : BackupCipher.begin(settings.key, id);
        BackupHeader header = new BackupHeader(
                id, settings.store.name(), BackupHeader.readable(settings.store.capabilities()), cipher.wrappedKey());
        BackupProgress progress = BackupProgress.begin(settings.clock.instant());
        BackupWriter writer = new BackupWriter(settings, folder, lock, header, cipher, progress, List.of());
        writer.writeProgress();
        return writer;
    }

    private static BackupWriter goOn(Backup.Builder settings, BackupFolder folder, BackupFolder.Held lock)
            throws IOException {
        if (!settings.resume) {
            throw new SessionException(
                    SessionErrorCode.ALREADY_EXISTS,
                    "the folder " + folder.path() + " holds an unfinished backup; go on with it (--resume), or give an"
                            + " empty folder");
        }
        try {
            JournalLine fields =
                    JournalLine.parse(new String(folder.read(BackupFolder.PROGRESS), StandardCharsets.UTF_8));
            BackupHeader header = BackupHeader.read(fields);
            requireSame(header, settings, folder);
            BackupCipher cipher = cipher(header, Optional.ofNullable(settings.key));
            JournalLine inner = JournalLine.parse(inner(fields, cipher));
            BackupProgress progress = BackupProgress.read(inner, settings.clock.instant());
            List<BackupPart> parts =
                    inner.objects("parts").stream().map(BackupPart::read).toList();
            folder.deletePartsBut(names(parts));
            return new BackupWriter(settings, folder, lock, header, cipher, progress, parts);
        } catch (BackupDamage | IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    folder.path().resolve(BackupFolder.PROGRESS)
                            + " cannot be understood; begin a new backup in an empty folder",
                    e);
        }
    }

    static void requireSame(BackupHeader header, Backup.Builder settings, BackupFolder folder) {
        if (!header.source().equals(settings.store.name())) {
            throw new SessionException(
                    SessionErrorCode.ALREADY_EXISTS,
                    "the folder " + folder.path() + " holds a backup of " + header.source() + ", not of "
                            + settings.store.name() + "; give another folder");
        }
    }

    /** How to read a backup; refuses a key that is wrong, is missing, or is not needed. */
    static BackupCipher cipher(BackupHeader header, Optional<BackupKey> key) {
        if (header.wrappedKey().isPresent() != key.isPresent()) {
            throw new SessionException(
                    SessionErrorCode.UNAUTHENTICATED,
                    key.isPresent()
                            ? "the backup is not encrypted; leave the key out"
                            : "the backup is encrypted; give the key file that it was made with");
        }
        return key.isPresent()
                ? BackupCipher.open(key.get(), header.id(), header.wrappedKey().get())
                : BackupCipher.PLAIN;
    }

    private static Set<String> names(List<BackupPart> parts) {
        Set<String> names = new HashSet<>();
        for (BackupPart part : parts) {
            names.add(part.file());
            names.add(BackupFolder.indexOf(part.file()));
        }
        return names;
    }

    private void writeProgress() throws IOException {
        Map<String, Object> inner = progress.write(clock.instant());
        inner.put("parts", parts.stream().map(BackupPart::write).toList());
        Map<String, Object> fields = header.write();
        fields.put(
                "progress",
                Base64.getEncoder()
                        .encodeToString(cipher.seal(
                                Json.write(inner).getBytes(StandardCharsets.UTF_8), BackupFolder.PROGRESS)));
        folder.replace(BackupFolder.PROGRESS, Json.write(fields).getBytes(StandardCharsets.UTF_8));
    }

    private static String inner(JournalLine fields, BackupCipher cipher) throws BackupDamage {
        byte[] sealed = Base64.getDecoder().decode(fields.text("progress"));
        return new String(cipher.open(sealed, BackupFolder.PROGRESS), StandardCharsets.UTF_8);
    }

    BackupCipher cipher() {
        return cipher;
    }

    BackupProgress progress() {
        return progress;
    }

    /** What it holds so far. */
    synchronized BackupCounts counts() {
        return counts;
    }

    /** How long its finished parts are. */
    synchronized long bytes() {
        return parts.stream().mapToLong(BackupPart::bytes).sum();
    }

    /**
     * Adds a block, and says in the same step what is dealt with thereby.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    synchronized void add(BackupBlock block, Runnable dealtWith) {
        writing(() -> {
            if (block.length() > 0) {
                write(block);
            }
            dealtWith.run();
            if (open != null && open.isFull()) {
                closePart();
            }
        });
    }

    private void write(BackupBlock block) throws IOException {
        OpenPart part = open;
        if (part == null) {
            part = new OpenPart(parts.size() + 1);
            open = part;
        }
        part.add(block);
        counts = counts.plus(block.counts());
    }

    /** Brings all that was added to the disk, with how far the backup has come. */
    synchronized void checkpoint() {
        writing(() -> {
            closePart();
            writeProgress();
        });
    }

    /** Says that the backup is finished. */
    synchronized BackupManifest finish() {
        BackupManifest manifest = new BackupManifest(
                header, progress.began(), clock.instant(), progress.attempts(), progress.idle(), parts);
        writing(() -> {
            folder.replace(BackupFolder.MANIFEST, manifest.write(cipher));
            folder.delete(BackupFolder.PROGRESS);
        });
        return manifest;
    }

    private void closePart() throws IOException {
        if (open != null) {
            parts.add(open.close());
            open = null;
            writeProgress();
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void writing(Writing action) {
        if (broken) {
            throw new UncheckedIOException(new IOException("it could not be written before"));
        }
        try {
            action.run();
        } catch (IOException e) {
            broken = true;
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (open != null) {
            open.abandon();
            open = null;
        }
        lock.close();
    }

    /** The part that is being written. */
    private final class OpenPart {

        private final String name;
        private final FileOutputStream out;
        private final Instant begun = clock.instant();
        private final MessageDigest digest = DigestUtils.getSha256Digest();
        private final BackupIndex.Builder index = new BackupIndex.Builder();
        private BackupCounts held = BackupCounts.NONE;
        private long length;

        OpenPart(int number) throws IOException {
            name = BackupFolder.partName(number, header.wrappedKey().isPresent());
            out = folder.begin(name);
        }

        void add(BackupBlock block) throws IOException {
            byte[] stored = cipher.seal(block.compressed(), BackupReader.place(name, length));
            out.write(stored);
            digest.update(stored);
            index.add(length, stored.length, block);
            length += stored.length;
            held = held.plus(block.counts());
        }

        boolean isFull() {
            return length >= settings.partBytes
                    || index.entries() >= MOST_ENTRIES
                    || Duration.between(begun, clock.instant()).compareTo(settings.partTime) >= 0;
        }

        BackupPart close() throws IOException {
            try (out) {
                out.getFD().sync();
            }
            byte[] built = index.build();
            folder.replace(BackupFolder.indexOf(name), built);
            return new BackupPart(
                    name, length, Hex.encodeHexString(digest.digest()), DigestUtils.sha256Hex(built), held);
        }

        void abandon() {
            try {
                out.close();
            } catch (IOException e) {
                // What it held is not named anywhere, and is written again.
                return;
            }
        }
    }
}
