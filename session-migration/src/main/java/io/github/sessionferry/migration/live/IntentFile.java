package io.github.sessionferry.migration.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.StoreSide;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one process is about to write to both stores: a line before the first write, a line when the second is done. What a
 * process that ended in between has left is read by the next one.
 *
 * <p>A line that was not written whole is passed over: its operation had not begun. The file is emptied when nothing is
 * open and it has grown. Thread-safe; held by one process at a time.
 */
final class IntentFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private static final String BEGIN = "begin";
    private static final String END = "end";
    private static final String AUTHORITY = "authority";
    private static final String EVENT = "event";
    private static final String APP_STATE = "app_state";
    private static final String USER_STATE = "user_state";
    private static final String SINCE = "since";
    private static final long SIZE_TO_EMPTY = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final @Nullable GroupForce force;
    private final Map<Long, Owed> open = new LinkedHashMap<>();
    private long last;

    /** Whether the last line may be without its end. */
    private boolean torn;

    private IntentFile(Path file, FileChannel channel, boolean force) throws IOException {
        this.file = file;
        this.channel = channel;
        this.force = force ? new GroupForce(this::last, () -> channel.force(false)) : null;
        readOpen();
        channel.position(channel.size());
        torn = channel.size() > 0;
    }

    /**
     * Opens a file, which is made if it is not there.
     *
     * @param force whether a line is on the disk, not only with the operating system, before its operation begins
     * @throws IllegalArgumentException if it cannot be opened, or another process has it
     */
    static IntentFile open(Path file, boolean force) {
        try {
            FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
            try {
                if (lock(channel) == null) {
                    throw new IllegalArgumentException("the debt file " + file
                            + " is in use by another process; give each process a file of its own");
                }
                return new IntentFile(file, channel, force);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the debt file " + file + " cannot be opened ("
                            + e.getClass().getSimpleName() + "); give a file in a folder that can be written",
                    e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void readOpen() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
        int unreadable = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            unreadable += line.isEmpty() || read(line) ? 0 : 1;
        }
        if (unreadable > 0) {
            LOG.warn("event=debt_file_lines_unreadable file={} lines={}", Json.write(file.toString()), unreadable);
        }
    }

    private boolean read(String line) {
        try {
            if (!(Json.read(line) instanceof Map<?, ?> values)) {
                return false;
            }
            if (values.get(END) instanceof Long ended) {
                open.remove(ended);
                return true;
            }
            if (!(values.get(BEGIN) instanceof Long begun)) {
                return false;
            }
            open.put(begun, owed(values));
            last = Math.max(last, begun);
            return true;
        } catch (IllegalArgumentException | ClassCastException torn) {
            return false;
        }
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Owed owed(Map<?, ?> values) {
        return new Owed(
                KeyDocument.read((Map<String, @Nullable Object>) values),
                StoreSide.valueOf(String.valueOf(values.get(AUTHORITY))),
                Optional.ofNullable((String) values.get(EVENT)),
                new TouchedScopes(
                        Boolean.TRUE.equals(values.get(APP_STATE)), Boolean.TRUE.equals(values.get(USER_STATE))),
                (Instant) Objects.requireNonNull(values.get(SINCE)));
    }

    /** What was begun and not ended, by number. */
    synchronized Map<Long, Owed> unfinished() {
        return new LinkedHashMap<>(open);
    }

    /**
     * Notes a change that is about to be made.
     *
     * @return its number
     * @throws SessionException if it cannot be noted; then the change must not be made
     */
    long begin(Owed owed) {
        long number = 0;
        try {
            number = write(owed);
            if (force != null) {
                force.upTo(number);
            }
            return number;
        } catch (IOException e) {
            forget(number);
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE,
                    "the debt file " + file
                            + " cannot be written; nothing was changed. Make room, or give another file",
                    e);
        }
    }

    private synchronized long write(Owed owed) throws IOException {
        long number = ++last;
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put(BEGIN, number);
        line.putAll(KeyDocument.write(owed.key()));
        line.put(AUTHORITY, owed.authority().name());
        owed.eventId().ifPresent(id -> line.put(EVENT, id));
        line.put(APP_STATE, owed.touched().app());
        line.put(USER_STATE, owed.touched().user());
        line.put(SINCE, owed.since());
        writeLine(Json.write(line));
        open.put(number, owed);
        return number;
    }

    private synchronized long last() {
        return last;
    }

    private synchronized void forget(long number) {
        open.remove(number);
    }

    /** Notes that a change is in both stores. A failure to do so costs a comparison at the next start. */
    synchronized void end(long number) {
        if (open.remove(number) == null) {
            return;
        }
        try {
            if (open.isEmpty() && channel.size() > SIZE_TO_EMPTY) {
                channel.truncate(0);
            } else {
                writeLine(Json.write(Map.of(END, number)));
            }
        } catch (IOException e) {
            LOG.warn("event=debt_file_failed file={}", Json.write(file.toString()));
        }
    }

    /** What follows a line that was not written whole is a line of its own. */
    private void writeLine(String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode((torn ? "\n" : "") + line + "\n");
        torn = true;
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        torn = false;
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("event=debt_file_failed file={}", Json.write(file.toString()));
        }
    }
}
