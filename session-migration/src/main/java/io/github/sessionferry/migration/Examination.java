package io.github.sessionferry.migration;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Judges items as they come, and those that are not fine once more at the end: what changed while it was looked at, or
 * failed for a while, counts as what it has become.
 *
 * <p>Each judgement is in the books at once; the last one of an item takes the place of those before. If very many are not
 * fine, the first judgement of the rest stands. Thread-safe.
 */
final class Examination<T> {

    private static final int MOST_JUDGED_AGAIN = 10_000;

    /** Where the judgements are noted. Thread-safe. */
    interface Books<T> {

        void add(T item, Judgement judgement);

        /** Takes back what was added. */
        void remove(T item, Judgement judgement);
    }

    /** A judgement, and whether the item is judged again. Immutable. */
    record Entry(Judgement judgement, boolean again) {}

    private final Books<T> books;
    private final Map<T, Judgement> again = new ConcurrentHashMap<>();

    Examination(Books<T> books) {
        this.books = books;
    }

    Entry examine(T item, Function<T, Judgement> judge) {
        Judgement judgement = judge.apply(item);
        Entry entry = new Entry(judgement, !judgement.isFine() && again.size() < MOST_JUDGED_AGAIN);
        takeOver(item, entry);
        return entry;
    }

    /** Takes over what an earlier attempt has judged first. */
    void takeOver(T item, Entry entry) {
        Judgement before = entry.again() ? again.put(item, entry.judgement().brief()) : null;
        if (before != null) {
            books.remove(item, before);
        }
        books.add(item, entry.judgement());
    }

    boolean isSettled() {
        return again.isEmpty();
    }

    /** Judges again, on the scan's workers, all that was not fine. */
    void examineAgain(StoreScan scan, Function<T, Judgement> judge, BiConsumer<T, Entry> noted) {
        scan.each(List.copyOf(again.keySet()), item -> {
            Judgement judgement = judge.apply(item);
            settle(item, judgement);
            noted.accept(item, new Entry(judgement, !judgement.isFine()));
        });
    }

    /** Takes over what an earlier attempt has judged last; what was not fine then is judged again all the same. */
    void takeOverLast(T item, Entry entry) {
        settle(item, entry.judgement());
        if (entry.again()) {
            again.put(item, entry.judgement().brief());
        }
    }

    private void settle(T item, Judgement judgement) {
        Judgement before = again.remove(item);
        if (before != null) {
            books.remove(item, before);
        }
        books.add(item, judgement);
    }
}
