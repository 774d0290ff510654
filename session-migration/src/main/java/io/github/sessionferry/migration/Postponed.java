package io.github.sessionferry.migration;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers what failed and is to be tried again at the end, up to a bound. Thread-safe. */
final class Postponed<T> {

    private static final int CAPACITY = 10_000;

    private Map<T, Failure> items = new ConcurrentHashMap<>();
    private boolean closed;

    /** Adds what an earlier attempt has left, however much it is. */
    synchronized void addAll(Map<T, Failure> left) {
        items.putAll(left);
    }

    /** Tells whether there is another try: not if there is no room, or the last tries have begun. */
    synchronized boolean add(T item, Failure failure) {
        if (closed || items.size() >= CAPACITY) {
            return false;
        }
        items.put(item, failure);
        return true;
    }

    /** Hands over all that was added; after the last time nothing can be. */
    synchronized Map<T, Failure> takeAll(boolean last) {
        Map<T, Failure> taken = items;
        items = new ConcurrentHashMap<>();
        closed |= last;
        return taken;
    }
}
