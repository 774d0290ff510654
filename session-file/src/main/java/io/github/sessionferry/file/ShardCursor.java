package io.github.sessionferry.file;

import io.github.sessionferry.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a scan: the shards that are left, and the name in the first of them after which to go on.
 *
 * @param shard the first shard
 * @param last the last shard, inclusive
 * @param after the last name seen in the first shard; empty for none
 */
record ShardCursor(int shard, int last, String after) {

    private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{2})-([0-9a-f]{2})/(.*)", Pattern.DOTALL);

    static ShardCursor of(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return new ShardCursor(0, FileNames.SHARDS - 1, "");
        }
        Matcher token = TOKEN.matcher(cursor.token());
        if (!token.matches()) {
            throw new IllegalArgumentException("the cursor was not given by a store of files");
        }
        return new ShardCursor(
                Integer.parseInt(token.group(1), 16), Integer.parseInt(token.group(2), 16), token.group(3));
    }

    static List<ScanCursor> partitions(int atMost) {
        int parts = Math.min(atMost, FileNames.SHARDS);
        List<ScanCursor> partitions = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
            int first = part * FileNames.SHARDS / parts;
            int last = (part + 1) * FileNames.SHARDS / parts - 1;
            partitions.add(new ShardCursor(first, last, "").cursor());
        }
        return partitions;
    }

    ScanCursor cursor() {
        return new ScanCursor(FileNames.Location.folder(shard) + "-" + FileNames.Location.folder(last) + "/" + after);
    }

    boolean holds(int otherShard) {
        return shard <= otherShard && otherShard <= last;
    }

    ShardCursor at(int newShard, String name) {
        return new ShardCursor(newShard, last, name);
    }
}
