package io.github.sessionferry.benchmarks;

import java.util.concurrent.atomic.LongAdder;

/** What users had been told, against what there is. Thread-safe. */
final class Audit {

    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder doubled = new LongAdder();
    private final LongAdder readBackwards = new LongAdder();
    private final LongAdder back = new LongAdder();

    void acknowledged() {
        acknowledged.increment();
    }

    void lost(long things) {
        lost.add(things);
    }

    void doubled(long things) {
        doubled.add(things);
    }

    void wentBackwards() {
        readBackwards.increment();
    }

    void cameBack() {
        back.increment();
    }

    /** How many writes a user was told to be done. */
    long allAcknowledged() {
        return acknowledged.sum();
    }

    /**
     * Requires that nothing was lost, doubled, read backwards or revived.
     *
     * @throws IllegalStateException if something was
     */
    void requireIntact() {
        if (lost.sum() + doubled.sum() + readBackwards.sum() + back.sum() > 0) {
            throw new IllegalStateException(toString());
        }
    }

    /** All of it in words: what is lost are acknowledged writes, and sessions, that are not there. */
    @Override
    public String toString() {
        return "%d lost, %d doubled, %d read backwards, %d deleted sessions back"
                .formatted(lost.sum(), doubled.sum(), readBackwards.sum(), back.sum());
    }
}
