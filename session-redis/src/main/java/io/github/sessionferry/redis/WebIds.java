package io.github.sessionferry.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the web sessions of a database, in order, some at a time.
 *
 * <p>{@code SCAN} tells keys in no order, some of them twice, and can begin nowhere but at its beginning. So one pass over
 * all keys keeps the smallest ids after a given one, each once, and the next pass those after them: memory stays the same
 * however many keys there are, and a session that stands throughout comes once. What a pass has found serves the pages of
 * the same scan only.
 *
 * <p>Thread-safe.
 */
final class WebIds {

    /** How many ids one pass keeps. */
    static final int IDS_A_PASS = 50_000;

    /** What stands in front of a key that belongs to no session; no id begins so. */
    static final String NO_ID = ":";

    private static final int PASSES_KEPT = 8;
    private static final int KEYS_A_CALL = 2_000;

    private final RedisCalls calls;
    private final WebKeys keys;
    private final int idsAPass;
    private final Map<String, Chunk> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Chunk> eldest) {
            return size() > PASSES_KEPT;
        }
    };

    WebIds(RedisCalls calls, WebKeys keys, int idsAPass) {
        this.calls = calls;
        this.keys = keys;
        this.idsAPass = idsAPass;
    }

    /** Sorted ids of one pass: all those after the first bound, up to the last of them unless there are no more. */
    private record Chunk(String after, List<String> ids, boolean isLast) {

        boolean covers(String id) {
            return id.compareTo(after) >= 0 && (isLast || id.compareTo(ids.get(ids.size() - 1)) < 0);
        }

        List<String> after(String id) {
            int place = Collections.binarySearch(ids, id);
            return ids.subList(place < 0 ? -place - 1 : place + 1, ids.size());
        }
    }

    /** Some ids of a partition after the cursor's, sorted; none only if there are no more. */
    List<String> after(WebCursor cursor, String id) {
        String key = cursor.scan() + "/" + cursor.first();
        Chunk chunk = kept(key);
        if (chunk == null || !chunk.covers(id)) {
            chunk = pass(cursor, id);
            keep(key, chunk);
        }
        return chunk.after(id);
    }

    private synchronized @Nullable Chunk kept(String key) {
        return kept.get(key);
    }

    private synchronized void keep(String key, Chunk chunk) {
        kept.put(key, chunk);
    }

    private Chunk pass(WebCursor cursor, String after) {
        TreeSet<String> smallest = new TreeSet<>();
        boolean isLast = true;
        KeyScanCursor<String> page = null;
        while (page == null || !page.isFinished()) {
            page = next(page);
            for (String key : page.getKeys()) {
                String id = idOf(key);
                if (id.compareTo(after) > 0 && cursor.covers(id) && smallest.add(id) && smallest.size() > idsAPass) {
                    smallest.pollLast();
                    isLast = false;
                }
            }
        }
        return new Chunk(after, List.copyOf(smallest), isLast);
    }

    private String idOf(String key) {
        WebKeys.Told told = keys.tell(key);
        return told.wrong().isEmpty() ? told.id() : NO_ID + key;
    }

    /** All keys of the database are told at least once that stand from the first call to the last. */
    private KeyScanCursor<String> next(@Nullable KeyScanCursor<String> page) {
        ScanArgs args = ScanArgs.Builder.limit(KEYS_A_CALL).match(WebKeys.ALL);
        ScanCursor from = page == null ? ScanCursor.INITIAL : page;
        return calls.read("scan", null, commands -> commands.scan(from, args));
    }
}
