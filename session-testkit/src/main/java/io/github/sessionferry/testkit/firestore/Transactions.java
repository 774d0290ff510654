package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.TransactionOptions;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The transactions of one database that are open. Those that were left open end by themselves. Thread-safe. */
final class Transactions {
    private static final long LONGEST_MICROS = TimeUnit.SECONDS.toMicros(270);

    private final Map<ByteString, Transaction> open = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();

    Transaction begin(TransactionOptions options, long nowMicros) {
        open.values().removeIf(transaction -> nowMicros - transaction.begunMicros() > LONGEST_MICROS);
        Transaction transaction = new Transaction(newId(), options.hasReadOnly(), nowMicros);
        if (options.hasReadOnly()) {
            transaction.snapshotMicros(
                    options.getReadOnly().hasReadTime()
                            ? Micros.of(options.getReadOnly().getReadTime())
                            : nowMicros);
        }
        open.put(transaction.id(), transaction);
        return transaction;
    }

    private ByteString newId() {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES)
                .putLong(lastId.incrementAndGet())
                .array());
    }

    Transaction get(ByteString id) {
        Transaction transaction = open.get(id);
        if (transaction == null) {
            throw invalid(id);
        }
        return transaction;
    }

    void end(ByteString id) {
        if (open.remove(id) == null) {
            throw invalid(id);
        }
    }

    private RuntimeException invalid(ByteString id) {
        boolean wasOpen =
                id.size() == Long.BYTES && isKnown(id.asReadOnlyByteBuffer().getLong());
        return Failures.invalid(wasOpen ? "Transaction is invalid or closed." : "Invalid transaction.");
    }

    private boolean isKnown(long number) {
        return number > 0 && number <= lastId.get();
    }

    /** The earliest moment that an open transaction reads. */
    OptionalLong earliestSnapshot() {
        return open.values().stream()
                .map(Transaction::snapshotMicros)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }
}
