package io.github.sessionferry.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The names of the session files of a folder, in order, some at a time.
 *
 * <p>A folder tells its names in no order and from no place but its beginning. So one pass over it keeps the smallest
 * names after a given one, and the next pass those after them: memory stays the same however many files there are, and a
 * file that stands throughout comes once. What a pass has found serves the pages of the same scan only; another scan may
 * have begun after files that this one has not seen.
 *
 * <p>Thread-safe.
 */
final class WebNames {

    /** How many names one pass keeps. */
    static final int NAMES_A_PASS = 50_000;

    private static final int PASSES_KEPT = 8;
    private static final int LAST_SHARD = FileNames.SHARDS - 1;

    private final Path folder;
    private final int namesAPass;
    private final Map<String, Chunk> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Chunk> eldest) {
            return size() > PASSES_KEPT;
        }
    };

    WebNames(Path folder, int namesAPass) {
        this.folder = folder;
        this.namesAPass = namesAPass;
    }

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

    /**
     * Some names after a given one, sorted; none only if there are no more.
     *
     * @param scan which scan asks
     * @param shards the first and the last shard whose names are asked for
     */
    List<String> after(String scan, ShardCursor shards, String name) throws IOException {
        String key = scan + "/" + shards.shard();
        Chunk chunk = kept(key);
        if (chunk == null || !chunk.covers(name)) {
            chunk = pass(shards, name);
            keep(key, chunk);
        }
        return chunk.after(name);
    }

    private synchronized @Nullable Chunk kept(String key) {
        return kept.get(key);
    }

    private synchronized void keep(String key, Chunk chunk) {
        kept.put(key, chunk);
    }

    private Chunk pass(ShardCursor shards, String after) throws IOException {
        PriorityQueue<String> smallest = new PriorityQueue<>(Comparator.reverseOrder());
        boolean isLast = true;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (!WebForm.isSession(name) || name.compareTo(after) <= 0 || !isIn(shards, name)) {
                    continue;
                }
                if (smallest.size() < namesAPass) {
                    smallest.add(name);
                } else {
                    isLast = false;
                    if (name.compareTo(smallest.element()) < 0) {
                        smallest.remove();
                        smallest.add(name);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        String[] names = smallest.toArray(new String[0]);
        Arrays.sort(names);
        return new Chunk(after, List.of(names), isLast);
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

    private static boolean isIn(ShardCursor shards, String name) {
        int shard = shard(name);
        return shards.shard() <= shard && shard <= shards.last();
    }

    /** Spreads names evenly; the same in every JVM. */
    static int shard(String name) {
        int hash = name.hashCode() * 0x9E3779B9;
        return (hash >>> 24) & LAST_SHARD;
    }
}
