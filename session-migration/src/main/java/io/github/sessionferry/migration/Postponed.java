package io.github.sessionferry.migration;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers what failed and is to be tried once more at the end, up to a bound. Thread-safe. */
final class Postponed<T> {

    private static final int CAPACITY = 10_000;

    private final Map<T, Failure> items = new LinkedHashMap<>();
    private boolean taken;

    /** Tells whether there is another try: not if there is no room, or the last tries have begun. */
    synchronized boolean add(T item, Failure failure) {
        if (taken || items.size() >= CAPACITY) {
            return false;
        }
        items.put(item, failure);
        return true;
    }

    /** All that was added; from now on nothing is. */
    synchronized Map<T, Failure> takeAll() {
        taken = true;
        return items;
    }
}
