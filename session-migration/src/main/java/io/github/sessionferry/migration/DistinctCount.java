package io.github.sessionferry.migration;

import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Counts different texts in constant memory: exactly up to 65,536 of them, and beyond that to about a hundredth, by how
 * densely the smallest hashes lie. Not thread-safe.
 */
final class DistinctCount {

    private static final int KEPT = 1 << 16;

    private final TreeSet<Long> smallest = new TreeSet<>(Long::compareUnsigned);
    private boolean exact = true;

    void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        smallest.add(MurmurHash3.hash128x64(bytes, 0, bytes.length, 0)[0]);
        if (smallest.size() > KEPT) {
            smallest.pollLast();
            exact = false;
        }
    }

    boolean isExact() {
        return exact;
    }

    long count() {
        return exact ? smallest.size() : Math.round((KEPT - 1) / share(smallest.last()));
    }

    /** Where a hash lies among all of them, 0 to 1. */
    private static double share(long hash) {
        return ((hash >>> 11) + 1) * 0x1p-53;
    }
}
