package io.github.sessionferry.migration;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers the last so many different items that came by. Not thread-safe. */
final class RecentlySeen<T> {

    private final Map<T, Boolean> items;

    RecentlySeen(int capacity) {
        items = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
                return size() > capacity;
            }
        };
    }

    /** Tells whether the item is not among those remembered, and remembers it. */
    boolean add(T item) {
        return items.put(item, Boolean.TRUE) == null;
    }
}
