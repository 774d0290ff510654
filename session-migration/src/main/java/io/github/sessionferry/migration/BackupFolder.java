package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * The files of a backup, which only their owner may read. An interrupt disturbs neither reading nor writing, which is why
 * these are no file channels. Thread-safe; each file has one writer.
 */
final class BackupFolder {

    static final String MANIFEST = "manifest.json";
    static final String PROGRESS = "progress.json";

    private static final String LOCK = ".lock";
    private static final String TEMPORARY = ".tmp";
    private static final String INDEX = ".index";
    private static final String OURS = "part-*";
    private static final Set<String> LEFT_BEHIND = Set.of(LOCK, PROGRESS + TEMPORARY);

    private final Path path;

    BackupFolder(Path path) {
        this.path = path;
    }

    static String partName(int number, boolean encrypted) {
        return "part-%05d.jsonl.gz%s".formatted(number, encrypted ? ".enc" : "");
    }

    /** The name of the index of a part. */
    static String indexOf(String part) {
        return part + INDEX;
    }

    Path path() {
        return path;
    }

    boolean exists(String name) {
        return Files.exists(path.resolve(name));
    }

    long size(String name) throws IOException {
        return Files.size(path.resolve(name));
    }

    void create() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path, permissions(path, "rwx------"));
        }
    }

    /** Whether there is nothing in it but what an attempt leaves that was killed before it had begun. */
    boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                if (!LEFT_BEHIND.contains(file.getFileName().toString())) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A folder that is held against other processes and threads until it is closed. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    Held lock() throws IOException {
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                permissions(path, "rw-------"));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return () -> closeQuietly(channel);
            }
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw inUse(e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
        closeQuietly(channel);
        throw inUse(null);
    }

    private SessionException inUse(@Nullable Exception cause) {
        return new SessionException(
                SessionErrorCode.CONTENTION,
                "another backup into " + path + " is under way; wait for it or stop it, or give another folder",
                cause);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The system gives the lock back with the descriptor.
            return;
        }
    }

    /** Makes a file, in place of one that an earlier attempt has left. */
    FileOutputStream begin(String name) throws IOException {
        Path file = path.resolve(name);
        Files.deleteIfExists(file);
        return createPrivate(file);
    }

    static FileOutputStream createPrivate(Path file) throws IOException {
        Files.createFile(file, permissions(file.toAbsolutePath().getParent(), "rw-------"));
        return new FileOutputStream(file.toFile());
    }

    /** Replaces a file in one step; it is on the disk, and its name too. */
    void replace(String name, byte[] content) throws IOException {
        String draft = name + TEMPORARY;
        try (FileOutputStream out = begin(draft)) {
            out.write(content);
            out.getFD().sync();
        }
        Files.move(
                path.resolve(draft),
                path.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        forceNames();
    }

    /** Brings the files' names to the disk, on systems that can. */
    void forceNames() {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system opens folders; the files themselves are there.
            return;
        }
    }

    void delete(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
    }

    /** Removes what earlier attempts have written and does not count. */
    void deletePartsBut(Set<String> kept) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, OURS)) {
            for (Path file : files) {
                if (!kept.contains(file.getFileName().toString())) {
                    left.add(file);
                }
            }
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
    }

    byte[] read(String name) throws IOException {
        return Files.readAllBytes(path.resolve(name));
    }

    byte[] read(String name, long offset, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.resolve(name).toFile(), "r")) {
            if (offset < 0 || length < 0 || offset > file.length() - length) {
                throw new EOFException("the file ends before");
            }
            byte[] bytes = new byte[length];
            file.seek(offset);
            file.readFully(bytes);
            return bytes;
        }
    }

    String sha256(String name) throws IOException {
        return new DigestUtils(DigestUtils.getSha256Digest())
                .digestAsHex(path.resolve(name).toFile());
    }

    private static FileAttribute<?>[] permissions(@Nullable Path place, String permissions) {
        return place == null
                        || !place.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                };
    }
}
