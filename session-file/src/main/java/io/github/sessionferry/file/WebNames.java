package io.github.sessionferry.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The names of the session files of a folder, in order, some at a time.
 *
 * <p>A folder tells its names in no order and from no place but its beginning. So one pass over it keeps the smallest
 * names after a given one, and the next pass those after them: memory stays the same however many files there are, and a
 * file that stands throughout comes once. What a pass has found serves all partitions of the same scan, each until it has
 * left those names behind; another scan may have begun after files that this one has not seen.
 *
 * <p>Thread-safe; only one pass is made at a time.
 */
final class WebNames {

    /** How many names one pass keeps at most. */
    static final int NAMES_A_PASS = 100_000;

    private static final int PARTITIONS_KEPT = 8;
    private static final int LAST_SHARD = FileNames.SHARDS - 1;

    private final Path folder;
    private final int namesAPass;
    private final Map<Partition, Chunk> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Partition, Chunk> eldest) {
            return size() > PARTITIONS_KEPT;
        }
    };

    WebNames(Path folder, int namesAPass) {
        this.folder = folder;
        this.namesAPass = namesAPass;
    }

    private record Partition(String scan, int firstShard) {}

    /** Sorted names of one pass: all those after the first bound, up to the last of them unless there are no more. */
    private record Chunk(String after, List<String> names, boolean isLast) {

        boolean covers(String name) {
            return name.compareTo(after) >= 0 && (isLast || name.compareTo(names.get(names.size() - 1)) < 0);
        }

        List<String> after(String name) {
            int place = Collections.binarySearch(names, name);
            return names.subList(place < 0 ? -place - 1 : place + 1, names.size());
        }
    }

    /** Strings that stand one after the other in one text, which takes half the memory of a string each. Immutable. */
    private static final class CompactList extends AbstractList<String> implements RandomAccess {

        private final String text;
        private final int[] ends;

        CompactList(List<String> strings) {
            text = String.join("", strings);
            ends = strings.stream().mapToInt(String::length).toArray();
            Arrays.parallelPrefix(ends, Integer::sum);
        }

        @Override
        public String get(int index) {
            return text.substring(index == 0 ? 0 : ends[index - 1], ends[index]);
        }

        @Override
        public int size() {
            return ends.length;
        }
    }

    /**
     * Some names after a given one, sorted, of all shards; none only if there are no more.
     *
     * @param scan which scan asks
     * @param firstShard which of its partitions
     */
    synchronized List<String> after(String scan, int firstShard, String name) throws IOException {
        Partition partition = new Partition(scan, firstShard);
        Chunk chunk = kept.get(partition);
        if (chunk == null || !chunk.covers(name)) {
            Chunk ofScan = keptOfScan(scan, name);
            chunk = ofScan == null ? pass(name) : ofScan;
            kept.put(partition, chunk);
        }
        List<String> names = chunk.after(name);
        if (names.isEmpty()) {
            kept.remove(partition);
        }
        return names;
    }

    private @Nullable Chunk keptOfScan(String scan, String name) {
        return kept.entrySet().stream()
                .filter(entry -> entry.getKey().scan().equals(scan))
                .map(Map.Entry::getValue)
                .filter(chunk -> chunk.covers(name))
                .findFirst()
                .orElse(null);
    }

    /** Gathers names, and each time there are too many of them leaves the larger half to a later pass. */
    private Chunk pass(String after) throws IOException {
        List<String> names = new ArrayList<>();
        String end = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (WebForm.isSession(name) && name.compareTo(after) > 0 && (end == null || name.compareTo(end) < 0)) {
                    names.add(name);
                }
                if (names.size() > namesAPass) {
                    Collections.sort(names);
                    List<String> larger = names.subList((namesAPass + 1) / 2, names.size());
                    end = larger.get(0);
                    larger.clear();
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return new Chunk(after, new CompactList(names), end == null);
    }

    long count() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                count += WebForm.isSession(String.valueOf(entry.getFileName())) ? 1 : 0;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return count;
    }

    /** Spreads names evenly; the same in every JVM. */
    static int shard(String name) {
        int hash = name.hashCode() * 0x9E3779B9;
        return (hash >>> 24) & LAST_SHARD;
    }
}
