package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.UnreadableRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hands over all that a store holds, page by page, and stops the run if the store does not tell all of it. A migration's
 * own records are passed over.
 *
 * <p>In memory are a page of each partition and what the workers have under way, however much the store holds.
 * Thread-safe.
 */
final class StoreScan {

    private static final int MOST_PARTITIONS = 8;
    private static final int SCOPES_REMEMBERED = 4_096;

    private final SessionService store;
    private final int concurrency;
    private final int pageSize;
    private final Retries retries;
    private final RunControl control;

    StoreScan(SessionService store, int concurrency, int pageSize, Retries retries, RunControl control) {
        this.store = store;
        this.concurrency = concurrency;
        this.pageSize = pageSize;
        this.retries = retries;
        this.control = control;
    }

    /** Hands each session's key to a task of its own. */
    void sessions(Consumer<SessionKey> task, Consumer<UnreadableRecord> unreadable) {
        sessions(1, keys -> task.accept(keys.get(0)), unreadable);
    }

    /** Hands the sessions' keys to tasks, so many at most to each. */
    void sessions(int chunk, Consumer<List<SessionKey>> task, Consumer<UnreadableRecord> unreadable) {
        sessions(chunk, task, unreadable, record -> {});
    }

    /** The same, and tells the records that the store passes over. */
    void sessions(
            int chunk,
            Consumer<List<SessionKey>> task,
            Consumer<UnreadableRecord> unreadable,
            Consumer<UnreadableRecord> passedOver) {
        sessions(
                ScanLog.NONE,
                chunk,
                (keys, place) -> task.accept(keys),
                (record, place) -> unreadable.accept(record),
                (record, place) -> passedOver.accept(record));
    }

    /**
     * Hands the sessions' keys to tasks, so many at most to each, from where the log says. A page is done when all its
     * tasks have returned.
     */
    void sessions(
            ScanLog log,
            int chunk,
            BiConsumer<List<SessionKey>, ScanPlace> task,
            BiConsumer<UnreadableRecord, ScanPlace> unreadable) {
        sessions(log, chunk, task, unreadable, (record, place) -> {});
    }

    /** The same, and tells the records that the store passes over. */
    void sessions(
            ScanLog log,
            int chunk,
            BiConsumer<List<SessionKey>, ScanPlace> task,
            BiConsumer<UnreadableRecord, ScanPlace> unreadable,
            BiConsumer<UnreadableRecord, ScanPlace> passedOver) {
        scan(log, this::partitions, this::sessionPage, chunk, task, unreadable, passedOver);
    }

    /** Hands each scope of shared state to a task of its own; one that the store tells twice may come twice. */
    void sharedScopes(Consumer<SharedScope> task) {
        sharedScopes(ScanLog.NONE, (scope, place) -> task.accept(scope));
    }

    /** The same, from where the log says. */
    void sharedScopes(ScanLog log, BiConsumer<SharedScope, ScanPlace> task) {
        RecentlySeen<SharedScope> seen = new RecentlySeen<>(SCOPES_REMEMBERED);
        scan(
                log,
                () -> List.of(ScanCursor.START),
                (cursor, size) -> scopePage(cursor, size, seen),
                1,
                (scopes, place) -> task.accept(scopes.get(0), place),
                (record, place) -> {},
                (record, place) -> {});
    }

    /** Hands given items to tasks of their own. */
    <T> void each(Collection<T> items, Consumer<T> task) {
        try (Workers workers = new Workers(concurrency, control)) {
            workers.run(List.of(() -> items.forEach(item -> workers.begin(() -> task.accept(item)))));
        }
    }

    /** What one call of a scan has told. */
    private record Page<T>(
            List<T> items,
            List<UnreadableRecord> unreadable,
            List<UnreadableRecord> passedOver,
            Optional<ScanCursor> next) {}

    private List<ScanCursor> partitions() {
        return retries.call(() -> store.scanPartitions(Math.min(concurrency, MOST_PARTITIONS)));
    }

    private Page<SessionKey> sessionPage(ScanCursor cursor, int size) {
        ScanPage page = retries.call(() -> store.scan(cursor, size));
        List<SessionKey> keys = page.sessions().stream()
                .map(SessionSummary::key)
                .filter(key -> !key.isReserved())
                .toList();
        return new Page<>(keys, page.unreadable(), page.passedOver(), page.next());
    }

    private Page<SharedScope> scopePage(ScanCursor cursor, int size, RecentlySeen<SharedScope> seen) {
        SharedScopePage page = retries.call(() -> store.scanSharedScopes(cursor, size));
        List<SharedScope> scopes = page.scopes().stream()
                .filter(scope -> !scope.appName().equals(SessionKey.RESERVED_APP_NAME))
                .filter(seen::add)
                .toList();
        return new Page<>(scopes, List.of(), List.of(), page.next());
    }

    private <T> void scan(
            ScanLog log,
            Supplier<List<ScanCursor>> partitions,
            BiFunction<ScanCursor, Integer, Page<T>> pages,
            int chunk,
            BiConsumer<List<T>, ScanPlace> task,
            BiConsumer<UnreadableRecord, ScanPlace> unreadable,
            BiConsumer<UnreadableRecord, ScanPlace> passedOver) {
        try (Workers workers = new Workers(concurrency, control)) {
            List<Runnable> producers = new ArrayList<>();
            stoppingOnFailure(() -> {
                ScanStart start = log.start(pageSize, partitions);
                for (ScanStart.Partition partition : start.partitions()) {
                    PartitionScan<T> scan = new PartitionScan<>(
                            partition,
                            start.pageSize(),
                            chunk,
                            pages,
                            new OpenPages(log),
                            workers,
                            task,
                            unreadable,
                            passedOver);
                    producers.add(() -> stoppingOnFailure(scan::run));
                }
            });
            workers.run(producers);
        }
    }

    /** The scan of one partition, by one thread. */
    private final class PartitionScan<T> {
        private final ScanStart.Partition partition;
        private final int size;
        private final int chunk;
        private final BiFunction<ScanCursor, Integer, Page<T>> pages;
        private final OpenPages open;
        private final Workers workers;
        private final BiConsumer<List<T>, ScanPlace> task;
        private final BiConsumer<UnreadableRecord, ScanPlace> unreadable;
        private final BiConsumer<UnreadableRecord, ScanPlace> passedOver;

        PartitionScan(
                ScanStart.Partition partition,
                int size,
                int chunk,
                BiFunction<ScanCursor, Integer, Page<T>> pages,
                OpenPages open,
                Workers workers,
                BiConsumer<List<T>, ScanPlace> task,
                BiConsumer<UnreadableRecord, ScanPlace> unreadable,
                BiConsumer<UnreadableRecord, ScanPlace> passedOver) {
            this.partition = partition;
            this.size = size;
            this.chunk = chunk;
            this.pages = pages;
            this.open = open;
            this.workers = workers;
            this.task = task;
            this.unreadable = unreadable;
            this.passedOver = passedOver;
        }

        void run() {
            Optional<ScanCursor> next = Optional.of(partition.cursor());
            for (long number = partition.page(); next.isPresent() && control.goesOn(); number++) {
                Page<T> page = pages.apply(next.get(), size);
                next = page.next();
                handOver(page, open.open(new ScanPlace(partition.number(), number), next));
            }
        }

        private void handOver(Page<T> page, OpenPages.Page opened) {
            tell(page.unreadable(), unreadable, opened.place());
            tell(page.passedOver(), passedOver, opened.place());
            List<T> items = page.items().stream().filter(this::isNew).toList();
            for (int i = 0; i < items.size(); i += chunk) {
                List<T> some = items.subList(i, Math.min(items.size(), i + chunk));
                opened.expectTask();
                if (!workers.begin(() -> process(some, opened))) {
                    return;
                }
            }
            opened.partDone();
        }

        private void tell(
                List<UnreadableRecord> records, BiConsumer<UnreadableRecord, ScanPlace> listener, ScanPlace place) {
            records.stream()
                    .filter(record -> isNew(record.location()))
                    .forEach(record -> listener.accept(record, place));
        }

        private void process(List<T> items, OpenPages.Page opened) {
            try {
                task.accept(items, opened.place());
                if (items.size() == 1 || control.goesOn()) {
                    opened.partDone();
                } else {
                    open.abandon(); // it may have stopped between two of them
                }
            } catch (JournalException e) {
                open.abandon();
                control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
            } catch (RuntimeException | Error e) {
                open.abandon();
                throw e;
            }
        }

        private boolean isNew(Object item) {
            return !partition.met().contains(item);
        }
    }

    private void stoppingOnFailure(Runnable scan) {
        try {
            scan.run();
        } catch (JournalException e) {
            control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                control.cancel();
            } else {
                Failure failure = Failure.of(e);
                control.stop(failure.code(), "the scan of " + store.name() + " failed: " + failure.message());
            }
        }
    }
}
