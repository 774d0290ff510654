package io.github.sessionferry.testkit.firestore;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * An open transaction: the moment it reads, fixed at its first read, and what it has seen there. Thread-safe.
 */
final class Transaction {
    private final ByteString id;
    private final boolean readOnly;
    private final long begunMicros;
    private final List<Predicate<Snapshot>> reads = new ArrayList<>();
    private OptionalLong snapshotMicros = OptionalLong.empty();

    Transaction(ByteString id, boolean readOnly, long begunMicros) {
        this.id = id;
        this.readOnly = readOnly;
        this.begunMicros = begunMicros;
    }

    ByteString id() {
        return id;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    long begunMicros() {
        return begunMicros;
    }

    /** The moment that all its reads see; the first caller's proposal counts. */
    synchronized long snapshotMicros(long proposal) {
        if (snapshotMicros.isEmpty()) {
            snapshotMicros = OptionalLong.of(proposal);
        }
        return snapshotMicros.getAsLong();
    }

    synchronized OptionalLong snapshotMicros() {
        return snapshotMicros;
    }

    /** Notes what was read, as a check whether a later state would read the same. */
    synchronized void noteRead(Predicate<Snapshot> stillHolds) {
        if (!readOnly) {
            reads.add(stillHolds);
        }
    }

    synchronized boolean wouldReadTheSame(Snapshot now) {
        return reads.stream().allMatch(read -> read.test(now));
    }
}
