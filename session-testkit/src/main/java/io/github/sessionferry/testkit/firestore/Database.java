package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import com.google.firestore.v1.TransactionOptions;
import com.google.firestore.v1.Value;
import com.google.firestore.v1.Write;
import com.google.firestore.v1.WriteResult;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One database: commits one after the other, each whole or not at all, at times that only grow; reads see one moment.
 * Thread-safe.
 */
final class Database {
    /** How long the past can be read; the service keeps an hour. */
    private static final long KEPT_MICROS = 10_000_000;

    private final DatabaseName name;
    private final Clock clock;
    private final DocumentStore store = new DocumentStore();
    private final Transactions transactions = new Transactions();
    private final AtomicLong latestMicros = new AtomicLong();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private long lastCommitMicros;

    Database(DatabaseName name, Clock clock) {
        this.name = name;
        this.clock = clock;
    }

    /** What a commit gave back. */
    record Committed(List<WriteResult> results, Timestamp time) {}

    Transaction begin(TransactionOptions options) {
        return locked(lock.writeLock(), () -> transactions.begin(options, latestMoment()));
    }

    void rollback(ByteString transaction) {
        lock.writeLock().lock();
        try {
            transactions.end(transaction);
            store.forgetBefore(horizon());
        } finally {
            lock.writeLock().unlock();
        }
    }

    Transaction transaction(ByteString id) {
        return transactions.get(id);
    }

    /** Reads the present state. */
    <T> T read(Function<Snapshot, T> reader) {
        return locked(lock.readLock(), () -> reader.apply(snapshot(latestMoment())));
    }

    /** Reads a past state, as far as it is kept. */
    <T> T readAt(Timestamp time, Function<Snapshot, T> reader) {
        return locked(lock.readLock(), () -> reader.apply(pastSnapshot(Micros.of(time))));
    }

    /** Reads the state that a transaction sees. */
    <T> T readIn(Transaction transaction, Function<Snapshot, T> reader) {
        return locked(lock.readLock(), () -> reader.apply(pastSnapshot(transaction.snapshotMicros(latestMoment()))));
    }

    private Snapshot pastSnapshot(long micros) {
        if (micros < horizon()) {
            throw Failures.failedPrecondition("The requested read time is too old: the state of then is not kept.");
        }
        if (micros > latestMoment()) {
            throw Failures.invalid("The requested read time is in the future.");
        }
        return snapshot(micros);
    }

    private Snapshot snapshot(long micros) {
        return new Snapshot(name, store, micros);
    }

    /** Applies all writes or none. */
    Committed commit(List<Write> writes) {
        return locked(lock.writeLock(), () -> apply(writes));
    }

    /** Ends a transaction with its writes. If they are refused it stays open, for the caller to roll back. */
    Committed commit(ByteString transactionId, List<Write> writes) {
        return locked(lock.writeLock(), () -> {
            checkCommit(transactions.get(transactionId), writes);
            Committed committed = apply(writes);
            transactions.end(transactionId);
            store.forgetBefore(horizon());
            return committed;
        });
    }

    private void checkCommit(Transaction transaction, List<Write> writes) {
        if (writes.isEmpty()) {
            return;
        }
        if (transaction.isReadOnly()) {
            throw Failures.invalid("Cannot modify entities in a read-only transaction.");
        }
        if (!transaction.wouldReadTheSame(snapshot(latestMoment()))) {
            throw Failures.aborted("Aborted due to cross-transaction contention. This occurs when multiple"
                    + " transactions attempt to access the same data, requiring Firestore to abort at least one"
                    + " in order to enforce serializability.");
        }
    }

    private Committed apply(List<Write> writes) {
        long commitMicros = latestMicros.updateAndGet(latest -> Math.max(latest + 1, Micros.now(clock)));
        Map<ResourcePath, @Nullable Document> changes = new LinkedHashMap<>();
        List<WriteResult> results = new ArrayList<>(writes.size());
        for (Write write : writes) {
            results.add(apply(write, commitMicros, changes));
        }
        lastCommitMicros = commitMicros;
        long horizon = horizon();
        changes.forEach((path, document) -> store.put(path, document, commitMicros, horizon));
        store.forgetBefore(horizon);
        return new Committed(results, Micros.toTimestamp(commitMicros));
    }

    private WriteResult apply(Write write, long commitMicros, Map<ResourcePath, @Nullable Document> changes) {
        ResourcePath path = name.document(WriteRules.target(write)).checkStorable();
        Document current = changes.containsKey(path)
                ? changes.get(path)
                : snapshot(commitMicros).find(path);
        WriteRules.Outcome outcome = WriteRules.apply(write, path, current, commitMicros);
        WriteResult.Builder result = WriteResult.newBuilder().addAllTransformResults(outcome.transformResults());
        if (outcome.fields() == null) {
            if (current != null) {
                changes.put(path, null);
            }
            return result.build();
        }
        if (current != null && current.getFieldsMap().equals(outcome.fields())) {
            return result.setUpdateTime(current.getUpdateTime()).build();
        }
        Document written = written(path, current, outcome.fields(), commitMicros);
        changes.put(path, written);
        return result.setUpdateTime(written.getUpdateTime()).build();
    }

    private Document written(
            ResourcePath path, @Nullable Document current, Map<String, Value> fields, long commitMicros) {
        Timestamp time = Micros.toTimestamp(commitMicros);
        return Document.newBuilder()
                .setName(name.nameOf(path))
                .putAllFields(fields)
                .setCreateTime(current == null ? time : current.getCreateTime())
                .setUpdateTime(time)
                .build();
    }

    /** A moment not before any other that was given out; a later commit is later than it. */
    private long latestMoment() {
        return latestMicros.updateAndGet(latest -> Math.max(latest, Micros.now(clock)));
    }

    /** The earliest moment whose state is whole: a while before the last commit, and what open transactions read. */
    private long horizon() {
        return Math.min(transactions.earliestSnapshot().orElse(Long.MAX_VALUE), lastCommitMicros - KEPT_MICROS);
    }

    private static <T> T locked(Lock lock, Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
