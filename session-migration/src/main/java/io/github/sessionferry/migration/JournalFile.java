package io.github.sessionferry.migration;

import io.github.sessionferry.core.codec.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file of JSON lines that is only added to, locked against other runs. Lines are in the operating system's hands when
 * their call returns, and on the disk after {@link #force()}.
 *
 * <p>After a line that could not be written no other is, so that nothing stands behind a torn one. Thread-safe; an
 * interrupt disturbs nothing, which is why this is no file channel.
 */
final class JournalFile implements AutoCloseable {

    /** The files that this JVM has open: to open and close one a second time would give up the lock of the first. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    /** The byte that is locked: none that a reader of the file asks for, where locks bind readers too. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final int BLOCK = 1 << 16;
    private static final int LONGEST_LINE = 1 << 24;

    private final Path file;
    private final Path realFile;
    private final RandomAccessFile access;
    private final boolean temporary;
    private long end;
    private volatile boolean torn;

    JournalFile(Path file, Path realFile, RandomAccessFile access, boolean temporary) throws IOException {
        this.temporary = temporary;
        this.file = file;
        this.realFile = realFile;
        this.access = access;
        end = access.length();
    }

    /** Opens a file, made with its folders if it is missing, for this run alone. */
    static JournalFile open(Path file) {
        return open(file, false);
    }

    /** Makes a file that is never forced to the disk and gone when it is closed. */
    static JournalFile openTemporary() {
        try {
            return open(Files.createTempFile("session-migration", ".jsonl"), true);
        } catch (IOException e) {
            throw new JournalException(
                    "no temporary file can be made (" + e + "); give a journal, or keep what is created", e);
        }
    }

    private static JournalFile open(Path file, boolean temporary) {
        try {
            Path realFile = make(file);
            if (!OPEN.add(realFile)) {
                throw inUse(file);
            }
            try {
                return lock(file, realFile, temporary);
            } catch (IOException | RuntimeException e) {
                OPEN.remove(realFile);
                throw e;
            }
        } catch (IOException e) {
            throw new JournalException(
                    "the journal " + file + " cannot be opened (" + e
                            + "); give a file in a folder that may be written",
                    e);
        }
    }

    private static Path make(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // It is gone on with, or refused for what it holds.
        }
        return file.toRealPath();
    }

    private static JournalFile lock(Path file, Path realFile, boolean temporary) throws IOException {
        RandomAccessFile access = new RandomAccessFile(realFile.toFile(), "rw");
        try {
            if (access.getChannel().tryLock(LOCKED_BYTE, 1, false) == null) {
                throw inUse(file);
            }
            return new JournalFile(file, realFile, access, temporary);
        } catch (OverlappingFileLockException e) {
            access.close();
            throw inUse(file);
        } catch (IOException | RuntimeException e) {
            access.close();
            throw e;
        }
    }

    private static JournalException inUse(Path file) {
        return new JournalException("the journal " + file
                + " is in use by a run that has not ended; wait for it or stop it, or give this run another file");
    }

    Path file() {
        return file;
    }

    synchronized boolean isEmpty() {
        return end == 0;
    }

    /** Cuts off a last line that a crash has left unfinished. */
    synchronized void cutTornLine() {
        try {
            byte[] block = new byte[BLOCK];
            long whole = end;
            while (whole > 0) {
                int length = (int) Math.min(BLOCK, whole);
                readAt(whole - length, block, length);
                int last = length - 1;
                while (last >= 0 && block[last] != '\n') {
                    last--;
                }
                whole -= length - 1 - last;
                if (last >= 0) {
                    break;
                }
            }
            if (whole < end) {
                access.setLength(whole);
                end = whole;
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void readAt(long position, byte[] block, int length) throws IOException {
        access.seek(position);
        access.readFully(block, 0, length);
    }

    /** Writes a line, or throws if it cannot be written for certain. */
    void append(Map<String, ? extends @Nullable Object> line) {
        appendAll(List.of(line));
    }

    /** Writes lines in one go, or throws if they cannot all be written for certain. */
    void appendAll(List<? extends Map<String, ? extends @Nullable Object>> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(Json.write(line)).append('\n'));
        append(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void append(byte[] bytes) {
        if (torn) {
            throw new JournalException("the journal " + file + " could not be written before");
        }
        try {
            access.seek(end);
            access.write(bytes);
            end += bytes.length;
        } catch (IOException e) {
            torn = true;
            throw unwritable(e);
        }
    }

    /** Brings all lines to the disk that were written before; others may be written meanwhile. */
    void force() {
        if (temporary) {
            return;
        }
        try {
            access.getFD().sync();
        } catch (IOException e) {
            torn = true;
            throw unwritable(e);
        }
    }

    /** Hands over the lines that stand there now, one by one, while others may be added. */
    void read(Consumer<JournalLine> reader) {
        long until;
        synchronized (this) {
            until = end;
        }
        byte[] block = new byte[BLOCK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 1;
        for (long position = 0; position < until; ) {
            int length = (int) Math.min(BLOCK, until - position);
            readBlock(position, block, length);
            position += length;
            int begin = 0;
            for (int i = 0; i < length; i++) {
                if (block[i] == '\n') {
                    line.write(block, begin, i - begin);
                    hand(line, number++, reader);
                    begin = i + 1;
                }
            }
            line.write(block, begin, length - begin);
            if (line.size() > LONGEST_LINE) {
                throw broken(number, null);
            }
        }
    }

    private synchronized void readBlock(long position, byte[] block, int length) {
        try {
            readAt(position, block, length);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void hand(ByteArrayOutputStream line, long number, Consumer<JournalLine> reader) {
        try {
            reader.accept(JournalLine.parse(line.toString(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
            throw broken(number, e);
        }
        line.reset();
    }

    private JournalException broken(long number, @Nullable Throwable cause) {
        return new JournalException(
                "line " + number + " of the journal " + file + " cannot be understood; begin a new run with another"
                        + " file: what was done is found and not done twice",
                cause);
    }

    private JournalException unreadable(IOException cause) {
        return new JournalException(
                "the journal " + file + " cannot be read (" + cause.getMessage()
                        + "); begin a new run with another file",
                cause);
    }

    private JournalException unwritable(IOException cause) {
        return new JournalException(
                "the journal " + file + " cannot be written (" + cause.getMessage()
                        + "); make room, or give a file in a folder that may be written",
                cause);
    }

    @Override
    public synchronized void close() {
        try {
            access.close();
            if (temporary) {
                Files.deleteIfExists(realFile);
            }
        } catch (IOException e) {
            throw unwritable(e);
        } finally {
            OPEN.remove(realFile);
        }
    }
}
