package io.github.sessionferry.core.codec;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the values that had to be written in an encoded form, by kind.
 *
 * <p>Not thread-safe.
 *
 * @since 0.1
 */
public final class Encodings {

    private final Map<String, Integer> counts = new TreeMap<>();

    /** Starts at zero. */
    public Encodings() {}

    /**
     * Counts a value.
     *
     * @param kind what kind of value it is
     */
    public void add(String kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    /**
     * The counts so far.
     *
     * @return how many values by kind, such as {@code bytes} or {@code int64}; a copy
     */
    public Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }
}
