package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a run, over all its attempts: what it is, how far its scans have come, and a line for each thing done.
 *
 * <p>A scan's partitions are noted when it begins. A checkpoint says that a page and all before it in its partition are
 * dealt with; it and all lines before it are on the disk when it counts. A later attempt goes on behind the last checkpoint
 * of each partition, and passes over what has lines there already.
 *
 * <p>In memory are the positions of the scans and what was met behind the checkpoints. Thread-safe.
 */
final class Journal implements AutoCloseable {

    private static final long VERSION = 1;

    private final JournalFile file;
    private final Clock clock;
    private final Map<String, Scan> scans = new LinkedHashMap<>();
    private int attempts;
    private Instant started;
    private Duration idle = Duration.ZERO;
    private @Nullable Instant lastTime;

    private Journal(JournalFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
        started = clock.instant();
    }

    /**
     * Begins a journal, or goes on with one.
     *
     * @param file the file; closed if it cannot be used
     * @param header what the run is
     * @param resume whether the file may hold an earlier attempt
     * @param clock for the times of the lines
     * @param earlier is handed the lines of earlier attempts that are not of this class
     * @throws JournalException if the file cannot be used for this run
     */
    static Journal open(
            JournalFile file,
            JournalHeader header,
            boolean resume,
            Clock clock,
            BiConsumer<Journal, JournalLine> earlier) {
        try {
            Journal journal = new Journal(file, clock);
            if (resume) {
                file.cutTornLine();
            }
            if (!file.isEmpty()) {
                journal.goOn(header, resume, earlier);
            } else {
                journal.begin(header);
            }
            return journal;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void begin(JournalHeader header) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("journal", VERSION);
        header.putInto(line);
        attempts = 1;
        started = write(line);
        file.force();
    }

    private void goOn(JournalHeader header, boolean resume, BiConsumer<Journal, JournalLine> earlier) {
        if (!resume) {
            throw new JournalException("the journal " + file.file()
                    + " holds a run already; resume it (--resume), or give this run another file");
        }
        file.read(line -> read(line, header, earlier));
        attempts++;
        Instant now = write(new LinkedHashMap<>(Map.of("attempt", (long) attempts)));
        pauseUntil(now);
        file.force();
    }

    private void read(JournalLine line, JournalHeader header, BiConsumer<Journal, JournalLine> earlier) {
        Instant time = line.time("time");
        if (attempts == 0) {
            requireVersion(line);
            header.require(line, file.file());
            attempts = 1;
            started = time;
        } else if (line.has("attempt")) {
            attempts = line.smallNumber("attempt");
            pauseUntil(time);
        } else if (line.has("partitions")) {
            scan(line.text("scan")).begin(line.smallNumber("page_size"), line.texts("partitions"));
        } else if (line.has("checkpoint")) {
            scan(line.text("scan"))
                    .checkpoint(
                            new ScanPlace(line.smallNumber("partition"), line.number("checkpoint")),
                            line.findText("next").map(ScanCursor::new));
        } else if (!line.has("end")) {
            earlier.accept(this, line);
        }
        lastTime = time;
    }

    private void requireVersion(JournalLine line) {
        if (!line.has("journal")) {
            throw new JournalException(file.file() + " is no journal; give another file");
        }
        if (line.number("journal") != VERSION) {
            throw new JournalException(
                    "the journal " + file.file() + " has the version " + line.number("journal") + ", not " + VERSION
                            + "; resume it with the release that began it, or begin a new run with another file");
        }
    }

    private void pauseUntil(Instant time) {
        if (lastTime != null && time.isAfter(lastTime)) {
            idle = idle.plus(Duration.between(lastTime, time));
        }
    }

    /** Where it is. */
    Path file() {
        return file.file();
    }

    /** How often the run was begun or resumed, this time included. */
    int attempts() {
        return attempts;
    }

    /** When the first attempt began. */
    Instant started() {
        return started;
    }

    /** For how long nothing ran between the attempts. */
    Duration idle() {
        return idle;
    }

    /** The memory of a scan; the name must be the same in all attempts. */
    ScanLog scanLog(String name) {
        return scan(name);
    }

    private synchronized Scan scan(String name) {
        return scans.computeIfAbsent(name, Scan::new);
    }

    /** While earlier attempts are read: something was dealt with there. */
    void met(String scan, JournalLine line, Object item) {
        if (line.has("page")) {
            scan(scan).met(new ScanPlace(line.smallNumber("partition"), line.number("page")), item);
        }
    }

    /** Notes where something was met, so that {@link #met} can tell. */
    static void putPlace(Map<String, @Nullable Object> line, ScanPlace place) {
        line.put("partition", (long) place.partition());
        line.put("page", place.page());
    }

    /** Adds a line with the time. */
    Instant write(Map<String, @Nullable Object> line) {
        Instant time = clock.instant();
        write(line, time);
        return time;
    }

    /** Adds a line with a time. */
    void write(Map<String, @Nullable Object> line, Instant time) {
        putTime(line, time);
        file.append(line);
    }

    /** Adds lines that have their times, all at once. */
    void writeAll(List<Map<String, @Nullable Object>> lines) {
        file.appendAll(lines);
    }

    static void putTime(Map<String, @Nullable Object> line, Instant time) {
        line.put("time", time.toString());
    }

    /** Notes how this attempt has ended. */
    void end(RunEnding ending, Optional<Failure> reason) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("end", name(ending));
        reason.ifPresent(failure -> putFailure(line, failure));
        write(line);
        file.force();
    }

    /** Reads it again from the beginning, as far as it stands now, while lines may be added. */
    void read(Consumer<JournalLine> reader) {
        file.read(reader);
    }

    void force() {
        file.force();
    }

    static void putFailure(Map<String, @Nullable Object> line, Failure failure) {
        line.put("code", failure.code());
        line.put("reason", failure.message());
    }

    static Failure failure(JournalLine line) {
        return new Failure(line.text("code"), line.text("reason"));
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        file.close();
    }

    /** What the journal knows of a scan. */
    private final class Scan implements ScanLog {
        private final String name;
        private final List<Position> partitions = new ArrayList<>();
        private int pageSize;

        Scan(String name) {
            this.name = name;
        }

        private synchronized void begin(int size, List<String> cursors) {
            pageSize = size;
            cursors.forEach(cursor -> partitions.add(new Position(Optional.of(new ScanCursor(cursor)))));
        }

        private synchronized void checkpoint(ScanPlace place, Optional<ScanCursor> next) {
            position(place).advance(place.page(), next);
        }

        private synchronized void met(ScanPlace place, Object item) {
            position(place)
                    .met
                    .computeIfAbsent(place.page(), page -> new HashSet<>())
                    .add(item);
        }

        private Position position(ScanPlace place) {
            if (place.partition() >= partitions.size()) {
                throw new IllegalArgumentException("no such partition");
            }
            return partitions.get(place.partition());
        }

        @Override
        public synchronized ScanStart start(int size, Supplier<List<ScanCursor>> fresh) {
            if (partitions.isEmpty()) {
                List<String> cursors =
                        fresh.get().stream().map(ScanCursor::token).toList();
                Map<String, @Nullable Object> line = new LinkedHashMap<>();
                line.put("scan", name);
                line.put("page_size", (long) size);
                line.put("partitions", cursors);
                write(line);
                begin(size, cursors);
            }
            return goOn();
        }

        private ScanStart goOn() {
            List<ScanStart.Partition> open = new ArrayList<>();
            for (int i = 0; i < partitions.size(); i++) {
                Position position = partitions.get(i);
                if (position.next.isPresent()) {
                    open.add(new ScanStart.Partition(i, position.nextPage, position.next.get(), position.takeMet()));
                }
            }
            return new ScanStart(pageSize, open);
        }

        @Override
        public void pageDone(ScanPlace page, Optional<ScanCursor> next) {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            line.put("scan", name);
            line.put("partition", (long) page.partition());
            line.put("checkpoint", page.page());
            next.ifPresent(cursor -> line.put("next", cursor.token()));
            write(line);
            file.force();
        }
    }

    /** How far a partition has come. */
    private static final class Position {
        private long nextPage;
        private Optional<ScanCursor> next;
        private TreeMap<Long, Set<Object>> met = new TreeMap<>();

        Position(Optional<ScanCursor> next) {
            this.next = next;
        }

        void advance(long page, Optional<ScanCursor> cursor) {
            nextPage = page + 1;
            next = cursor;
            met.headMap(page, true).clear();
        }

        Set<Object> takeMet() {
            Set<Object> all = new HashSet<>();
            met.values().forEach(all::addAll);
            met = new TreeMap<>();
            return all;
        }
    }
}
