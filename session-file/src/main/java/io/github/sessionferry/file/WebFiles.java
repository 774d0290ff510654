package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The session files of a web application: whole JSON objects, read as they stand at one moment although the application
 * may write them in place, and replaced in one step. Thread-safe; of writers of one file, only one at a time.
 */
final class WebFiles {

    private static final int TRIES = 5;
    private static final long PAUSE_MILLIS = 10;
    private static final Duration MAY_BE_BEING_WRITTEN = Duration.ofSeconds(2);
    private static final Duration SURELY_WRITTEN = Duration.ofMinutes(1);

    private final Path folder;
    private final int maxBytes;
    private final Clock clock;

    WebFiles(Path folder, int maxBytes, Clock clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * What a file holds.
     *
     * @param state the object's members
     * @param file the file's state when it was read
     * @param digest another one if anything of it changes
     */
    record Content(Map<String, @Nullable Object> state, FileState file, String digest) {

        Instant modified() {
            return StateValues.toMicros(file.modified().toInstant());
        }
    }

    /** What a file held at one moment. */
    private static final class Raw {

        private final byte[] bytes;
        private final FileState file;

        Raw(byte[] bytes, FileState file) {
            this.bytes = bytes;
            this.file = file;
        }
    }

    /** A file that is written and not yet in its place; the time is what the file system has kept of the one given. */
    record Prepared(Path temporary, Instant modified) {}

    Path file(String name) {
        return folder.resolve(name);
    }

    /** The state of a file; nothing if it does not exist. */
    @Nullable
    FileState state(String name) throws IOException {
        try {
            return FileState.of(file(name));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Reads a file, or nothing if it does not exist. */
    @Nullable
    Content read(String name) throws IOException, UnreadableException {
        for (int tries = 1; ; tries++) {
            Raw raw = raw(file(name));
            if (raw == null) {
                return null;
            }
            try {
                return content(raw);
            } catch (UnreadableException e) {
                if (tries == TRIES || isOlderThan(raw.file.modified(), MAY_BE_BEING_WRITTEN)) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static Content content(Raw raw) throws UnreadableException {
        if (raw.bytes.length == 0) {
            throw new UnreadableException("the file is empty");
        }
        return new Content(
                Records.document(StoreFolder.text(raw.bytes)),
                raw.file,
                Digests.sha256(raw.file.modified().toString().getBytes(StandardCharsets.UTF_8), raw.bytes));
    }

    private @Nullable Raw raw(Path file) throws IOException, UnreadableException {
        try {
            for (int tries = 1; tries <= TRIES; tries++) {
                FileState before = FileState.of(file);
                requireFile(before);
                byte[] bytes = bytes(file, before.size());
                if (before.equals(FileState.of(file)) && bytes.length == before.size()) {
                    return new Raw(bytes, before);
                }
                pause();
            }
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw new UnreadableException("the file may not be read; allow it, or take the file away");
        }
        throw new UnreadableException("the file changed each time it was read; run again when it is quieter");
    }

    private void requireFile(FileState file) throws UnreadableException {
        if (file.isSymbolicLink()) {
            throw new UnreadableException("a symbolic link, which is not followed; put the file itself here");
        }
        if (!file.isRegularFile()) {
            throw new UnreadableException("a folder or device where a file should be");
        }
        if (file.size() > maxBytes) {
            throw new UnreadableException(
                    "the file has " + file.size() + " bytes, more than the " + maxBytes + " of maxBytes");
        }
    }

    private static byte[] bytes(Path file, long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private boolean isOlderThan(FileTime modified, Duration age) {
        return modified.toInstant().isBefore(clock.instant().minus(age));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "interrupted while reading a session's file; nothing was changed", e);
        }
    }

    /** The text of a file, checked before anything is changed. */
    byte[] bytes(Map<String, ? extends @Nullable Object> state) {
        byte[] bytes = Json.write(state).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > maxBytes) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "the session takes " + bytes.length + " bytes, more than the " + maxBytes + " of maxBytes");
        }
        return bytes;
    }

    /** Writes what is to become a file, with the permissions of the one that it replaces. */
    Prepared prepare(Path temporary, String name, byte[] bytes, Instant modified) throws IOException {
        StoreFolder.writeTemporary(temporary, bytes, FileTime.from(modified));
        PosixFileAttributeView present =
                Files.getFileAttributeView(file(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (present != null && Files.isRegularFile(file(name), LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(temporary, present.readAttributes().permissions());
        }
        return new Prepared(
                temporary,
                StateValues.toMicros(Files.getLastModifiedTime(temporary).toInstant()));
    }

    void put(Prepared prepared, String name) throws IOException {
        StoreFolder.replace(file(name), prepared.temporary());
    }

    void delete(String name) throws IOException {
        if (Files.deleteIfExists(file(name))) {
            StoreFolder.force(folder);
        }
    }

    /** Moves a file or link that holds no session aside, unless its writer may not be done. */
    boolean moveAside(String name, Path aside) throws IOException {
        Path file = file(name);
        FileState state = FileState.of(file);
        boolean isBroken = state.isSymbolicLink() || (state.isRegularFile() && Files.isReadable(file));
        if (!isBroken || !isOlderThan(state.modified(), SURELY_WRITTEN)) {
            return false;
        }
        Files.move(file, aside);
        StoreFolder.force(folder);
        return true;
    }
}
