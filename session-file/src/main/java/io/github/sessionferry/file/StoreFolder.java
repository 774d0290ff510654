package io.github.sessionferry.file;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes whole files below one folder, follows no symbolic link there, and lets nobody but the owner read what
 * it makes. A file is there whole or not at all. Thread-safe; of writers of one file, only one at a time.
 */
final class StoreFolder {

    /** The largest file that is read or written: 64 MiB. */
    static final int MAX_BYTES = 64 << 20;

    private static final String TEMPORARY = ".tmp";

    private final Path root;

    StoreFolder(Path root) {
        this.root = root;
    }

    /** A file that cannot be read as a record; the message says why, without any of its content. */
    static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1L;

        UnreadableException(String reason) {
            super(reason);
        }
    }

    /** Reads a file as text, or nothing if it does not exist. */
    @Nullable
    String read(Path file) throws IOException, UnreadableException {
        try {
            requireNoLink(file);
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new UnreadableException("the file is larger than " + MAX_BYTES + " bytes");
                }
                return text(bytes);
            }
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw new UnreadableException("the file may not be read; allow it, or take the file away");
        }
    }

    static String text(byte[] bytes) throws UnreadableException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UnreadableException("the file is not UTF-8 text");
        }
    }

    private void requireNoLink(Path file) throws IOException, UnreadableException {
        Path path = root;
        for (Path step : root.relativize(file)) {
            path = path.resolve(step);
            if (Files.isSymbolicLink(path)) {
                throw new UnreadableException("a symbolic link, which is not followed; put the file itself here");
            }
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UnreadableException("a folder where a file should be");
        }
    }

    /** The first names of records of a folder after a given one, sorted; none if there is no such folder. */
    List<String> list(Path folder, String after, int atMost) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        forEachName(folder, name -> {
            if (name.compareTo(after) > 0) {
                names.add(name);
            }
            if (names.size() > atMost) {
                names.pollLast();
            }
        });
        return List.copyOf(names);
    }

    /** How many records a folder holds; none if there is no such folder. */
    long count(Path folder) throws IOException {
        LongAdder count = new LongAdder();
        forEachName(folder, name -> count.increment());
        return count.sum();
    }

    private static void forEachName(Path folder, Consumer<String> action) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + FileNames.SUFFIX)) {
            for (Path entry : entries) {
                action.accept(folder.relativize(entry).toString());
            }
        } catch (NoSuchFileException e) {
            // Folders are made with their first file.
            return;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Replaces a file in one step. What an earlier process left half written is replaced with it. */
    void write(Path folder, String name, byte[] content) throws IOException {
        createFolder(folder);
        Path temporary = folder.resolve(name + TEMPORARY);
        writeTemporary(temporary, content, null);
        replace(folder.resolve(name), temporary);
    }

    /** Writes a file that is not yet what readers see, durably, with a modification time if one is given. */
    static void writeTemporary(Path temporary, byte[] content, @Nullable FileTime modified) throws IOException {
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                filePermissions(temporary))) {
            for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            if (modified != null) {
                Files.setLastModifiedTime(temporary, modified);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Puts a file in the place of another, or where there was none, in one step and durably. */
    static void replace(Path file, Path temporary) throws IOException {
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        force(requireNonNull(file.getParent()));
    }

    void delete(Path folder, String name) throws IOException {
        if (Files.deleteIfExists(folder.resolve(name))) {
            force(folder);
        }
    }

    /** Makes the change of names durable, on systems that can. */
    static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system opens folders; the rename itself was done.
            return;
        }
    }

    static void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.createDirectory(folder, permissions(folder, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    static FileAttribute<?>[] filePermissions(Path folder) {
        return permissions(folder, "rw-------");
    }

    private static FileAttribute<?>[] permissions(Path folder, String permissions) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    static SessionException failed(String operation, String where, IOException e) {
        SessionErrorCode code =
                e instanceof AccessDeniedException ? SessionErrorCode.PERMISSION_DENIED : SessionErrorCode.UNAVAILABLE;
        return new SessionException(
                code,
                operation + " " + where + " failed (" + e.getClass().getSimpleName() + "); nothing was changed",
                e);
    }
}
