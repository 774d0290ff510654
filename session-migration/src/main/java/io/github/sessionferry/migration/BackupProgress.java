package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.ScanCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How far a backup has come, over all its attempts: the positions of its scans, what they have met behind those, and what
 * could not be read and is tried again.
 *
 * <p>In memory are the few pages that are open and a bounded number of failures. Thread-safe.
 */
final class BackupProgress {

    private static final int MOST_POSTPONED = 10_000;

    /** The two scans of a backup. */
    enum Scan {
        SHARED_STATE,
        SESSIONS;

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a scan has met something. Immutable. */
    record Met(Scan scan, ScanPlace place) {}

    private final Instant began;
    private final int attempts;
    private final Duration idle;
    private final Map<Scan, Positions> scans = new EnumMap<>(Scan.class);
    private final Map<Object, Failure> postponed = new LinkedHashMap<>();

    private BackupProgress(Instant began, int attempts, Duration idle) {
        this.began = began;
        this.attempts = attempts;
        this.idle = idle;
        for (Scan scan : Scan.values()) {
            scans.put(scan, new Positions());
        }
    }

    static BackupProgress begin(Instant now) {
        return new BackupProgress(now, 1, Duration.ZERO);
    }

    /** Goes on with what {@link #write} wrote. */
    static BackupProgress read(JournalLine fields, Instant now) {
        Duration pause = Duration.between(fields.time("noted"), now);
        Duration before = Duration.ofMillis(fields.number("idle_millis"));
        BackupProgress progress = new BackupProgress(
                fields.time("began"),
                fields.smallNumber("attempts") + 1,
                pause.isNegative() ? before : before.plus(pause));
        for (Scan scan : Scan.values()) {
            fields.find(scan.text())
                    .ifPresent(positions -> progress.positions(scan).read(positions));
        }
        fields.objects("postponed")
                .forEach(line -> progress.postponed.put(BackupItems.read(line.value("item")), Journal.failure(line)));
        return progress;
    }

    synchronized Map<String, Object> write(Instant now) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("began", began.toString());
        fields.put("noted", now.toString());
        fields.put("attempts", (long) attempts);
        fields.put("idle_millis", idle.toMillis());
        scans.forEach((scan, positions) -> positions.write().ifPresent(written -> fields.put(scan.text(), written)));
        fields.put(
                "postponed",
                postponed.entrySet().stream()
                        .map(entry -> Map.of(
                                "item", BackupItems.write(entry.getKey()),
                                "code", entry.getValue().code(),
                                "reason", entry.getValue().message()))
                        .toList());
        return fields;
    }

    Instant began() {
        return began;
    }

    int attempts() {
        return attempts;
    }

    Duration idle() {
        return idle;
    }

    /** The memory of a scan. */
    ScanLog scanLog(Scan scan) {
        return positions(scan);
    }

    private Positions positions(Scan scan) {
        return requireNonNull(scans.get(scan), "scan");
    }

    /** Something was dealt with: neither a later attempt nor a last pass takes it up again. */
    synchronized void dealtWith(Object item, Optional<Met> met) {
        postponed.remove(item);
        met.ifPresent(where -> note(where, item));
    }

    /** Tells whether there is another try: not if there is no room. */
    synchronized boolean postpone(Object item, Optional<Met> met, Failure failure) {
        if (postponed.size() >= MOST_POSTPONED && !postponed.containsKey(item)) {
            return false;
        }
        postponed.put(item, failure);
        met.ifPresent(where -> note(where, item));
        return true;
    }

    private void note(Met met, Object item) {
        positions(met.scan()).met(met.place(), item);
    }

    synchronized Map<Object, Failure> postponed() {
        return new LinkedHashMap<>(postponed);
    }

    /** How far the partitions of one scan have come. */
    private final class Positions implements ScanLog {

        private final List<Position> partitions = new ArrayList<>();
        private int pageSize;

        @Override
        public ScanStart start(int size, Supplier<List<ScanCursor>> fresh) {
            List<ScanCursor> cursors = isBegun() ? List.of() : fresh.get();
            synchronized (BackupProgress.this) {
                if (partitions.isEmpty()) {
                    pageSize = size;
                    cursors.forEach(cursor -> partitions.add(new Position(0, Optional.of(cursor))));
                }
                return goOn();
            }
        }

        private boolean isBegun() {
            synchronized (BackupProgress.this) {
                return !partitions.isEmpty();
            }
        }

        private ScanStart goOn() {
            List<ScanStart.Partition> open = new ArrayList<>();
            for (int i = 0; i < partitions.size(); i++) {
                Position position = partitions.get(i);
                int number = i;
                position.next.ifPresent(
                        cursor -> open.add(new ScanStart.Partition(number, position.page, cursor, position.allMet())));
            }
            return new ScanStart(pageSize, open);
        }

        @Override
        public void pageDone(ScanPlace page, Optional<ScanCursor> next) {
            synchronized (BackupProgress.this) {
                partitions.get(page.partition()).advance(page.page(), next);
            }
        }

        private void met(ScanPlace place, Object item) {
            partitions.get(place.partition()).met(place.page(), item);
        }

        private Optional<Map<String, Object>> write() {
            return partitions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Map.of(
                            "page_size",
                            (long) pageSize,
                            "partitions",
                            partitions.stream().map(Position::write).toList()));
        }

        private void read(JournalLine fields) {
            pageSize = fields.smallNumber("page_size");
            fields.objects("partitions").forEach(partition -> partitions.add(Position.read(partition)));
        }
    }

    /** How far a partition has come. */
    private static final class Position {

        private long page;
        private Optional<ScanCursor> next;
        private final TreeMap<Long, Set<Object>> met = new TreeMap<>();

        Position(long page, Optional<ScanCursor> next) {
            this.page = page;
            this.next = next;
        }

        void advance(long done, Optional<ScanCursor> cursor) {
            page = done + 1;
            next = cursor;
            met.headMap(done, true).clear();
        }

        void met(long where, Object item) {
            met.computeIfAbsent(where, absent -> new HashSet<>()).add(item);
        }

        Set<Object> allMet() {
            Set<Object> all = new HashSet<>();
            met.values().forEach(all::addAll);
            return all;
        }

        Map<String, Object> write() {
            Map<String, Object> fields = new HashMap<>();
            fields.put("page", page);
            next.ifPresent(cursor -> fields.put("next", cursor.token()));
            fields.put("met", met.entrySet().stream().flatMap(Position::write).toList());
            return fields;
        }

        private static Stream<Map<String, Object>> write(Map.Entry<Long, Set<Object>> page) {
            return page.getValue().stream().map(item -> Map.of("page", page.getKey(), "item", BackupItems.write(item)));
        }

        static Position read(JournalLine fields) {
            Position position =
                    new Position(fields.number("page"), fields.findText("next").map(ScanCursor::new));
            fields.objects("met")
                    .forEach(line -> position.met(line.number("page"), BackupItems.read(line.value("item"))));
            return position;
        }
    }
}
