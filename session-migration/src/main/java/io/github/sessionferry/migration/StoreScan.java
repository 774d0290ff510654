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
import java.util.function.Consumer;

/**
 * Hands over all that a store holds, page by page, and stops the run if the store does not tell all of it.
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

    static int requirePageSize(int size) {
        if (size < 2) {
            throw new IllegalArgumentException("pageSize is " + size + "; it must be at least 2");
        }
        return size;
    }

    static int requireConcurrency(int concurrency) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency is " + concurrency + "; it must be at least 1");
        }
        return concurrency;
    }

    /** Hands each session's key to a task of its own. */
    void sessions(Consumer<SessionKey> task, Consumer<UnreadableRecord> unreadable) {
        sessions(1, keys -> task.accept(keys.get(0)), unreadable);
    }

    /** Hands the sessions' keys to tasks, so many at most to each. */
    void sessions(int chunk, Consumer<List<SessionKey>> task, Consumer<UnreadableRecord> unreadable) {
        try (Workers workers = new Workers(concurrency, control)) {
            List<Runnable> producers = new ArrayList<>();
            for (ScanCursor partition : partitions()) {
                producers.add(() -> stoppingOnFailure(() -> scan(partition, chunk, workers, task, unreadable)));
            }
            workers.run(producers);
        }
    }

    /** Hands each scope of shared state to a task of its own; one that the store tells twice may come twice. */
    void sharedScopes(Consumer<SharedScope> task) {
        try (Workers workers = new Workers(concurrency, control)) {
            workers.run(List.of(() -> stoppingOnFailure(() -> scanScopes(workers, task))));
        }
    }

    /** Hands given items to tasks of their own. */
    <T> void each(Collection<T> items, Consumer<T> task) {
        try (Workers workers = new Workers(concurrency, control)) {
            workers.run(List.of(() -> items.forEach(item -> workers.begin(() -> task.accept(item)))));
        }
    }

    private List<ScanCursor> partitions() {
        List<ScanCursor> partitions = new ArrayList<>();
        stoppingOnFailure(() ->
                partitions.addAll(retries.call(() -> store.scanPartitions(Math.min(concurrency, MOST_PARTITIONS)))));
        return partitions;
    }

    private void scan(
            ScanCursor partition,
            int chunk,
            Workers workers,
            Consumer<List<SessionKey>> task,
            Consumer<UnreadableRecord> unreadable) {
        Optional<ScanCursor> next = Optional.of(partition);
        while (next.isPresent() && control.goesOn()) {
            ScanCursor cursor = next.get();
            ScanPage page = retries.call(() -> store.scan(cursor, pageSize));
            page.unreadable().forEach(unreadable);
            List<SessionKey> keys =
                    page.sessions().stream().map(SessionSummary::key).toList();
            for (int i = 0; i < keys.size() && control.goesOn(); i += chunk) {
                List<SessionKey> some = keys.subList(i, Math.min(keys.size(), i + chunk));
                workers.begin(() -> task.accept(some));
            }
            next = page.next();
        }
    }

    private void scanScopes(Workers workers, Consumer<SharedScope> task) {
        RecentlySeen<SharedScope> seen = new RecentlySeen<>(SCOPES_REMEMBERED);
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent() && control.goesOn()) {
            ScanCursor cursor = next.get();
            SharedScopePage page = retries.call(() -> store.scanSharedScopes(cursor, pageSize));
            for (SharedScope scope : page.scopes()) {
                if (seen.add(scope)) {
                    workers.begin(() -> task.accept(scope));
                }
            }
            next = page.next();
        }
    }

    private void stoppingOnFailure(Runnable scan) {
        try {
            scan.run();
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
