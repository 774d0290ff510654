package io.github.sessionferry.redis;

import io.github.sessionferry.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the index: the parts of it that are left, and the entry in the first of them after which to go on.
 *
 * @param part the first part
 * @param last the last part, inclusive
 * @param after the last entry seen in the first part; empty for none
 */
record IndexCursor(int part, int last, String after) {

    /** Into how many parts, each a key of its own, the index is divided. */
    static final int PARTS = 256;

    private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{2})-([0-9a-f]{2})/(.*)");

    static IndexCursor of(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return new IndexCursor(0, PARTS - 1, "");
        }
        Matcher token = TOKEN.matcher(cursor.token());
        if (!token.matches()) {
            throw new IllegalArgumentException("the cursor was not given by a store in Redis");
        }
        return new IndexCursor(
                Integer.parseInt(token.group(1), 16), Integer.parseInt(token.group(2), 16), token.group(3));
    }

    static List<ScanCursor> partitions(int atMost) {
        int count = Math.min(atMost, PARTS);
        List<ScanCursor> partitions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            partitions.add(new IndexCursor(i * PARTS / count, (i + 1) * PARTS / count - 1, "").cursor());
        }
        return partitions;
    }

    ScanCursor cursor() {
        return new ScanCursor(name(part) + "-" + name(last) + "/" + after);
    }

    IndexCursor at(int newPart, String entry) {
        return new IndexCursor(newPart, last, entry);
    }

    static String name(int part) {
        return String.format("%02x", part);
    }
}
