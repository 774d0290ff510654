package io.github.sessionferry.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What became of a soak. Thread-safe. */
final class SoakResult {

    private static final long LONGEST_MICROS = 60_000_000;

    private final LongAdder operations = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder doubled = new LongAdder();
    private final LongAdder readBackwards = new LongAdder();
    private final LongAdder back = new LongAdder();
    private final Map<String, Histogram> reads = new ConcurrentHashMap<>();
    private final Map<String, Histogram> appends = new ConcurrentHashMap<>();
    private final Map<String, Histogram> plainReads = new ConcurrentHashMap<>();
    private final Map<String, Histogram> plainAppends = new ConcurrentHashMap<>();

    /** A call that was answered, by a user of both stores or of the source alone. */
    void answered(String phase, SoakUser.Kind kind, boolean isPlain, long nanos) {
        if (kind == SoakUser.Kind.OTHER) {
            return;
        }
        boolean isRead = kind == SoakUser.Kind.READ;
        Map<String, Histogram> all = isPlain ? isRead ? plainReads : plainAppends : isRead ? reads : appends;
        of(all, phase).recordValue(Math.min(nanos / 1_000, LONGEST_MICROS));
    }

    private static Histogram of(Map<String, Histogram> all, String phase) {
        return all.computeIfAbsent(phase, first -> new ConcurrentHistogram(LONGEST_MICROS, 3));
    }

    void operated() {
        operations.increment();
    }

    void failed() {
        errors.increment();
    }

    void retried() {
        retries.increment();
    }

    void acknowledged(int events) {
        acknowledged.add(events);
    }

    void lost(long things) {
        lost.add(things);
    }

    void doubled(long events) {
        doubled.add(events);
    }

    void wentBackwards() {
        readBackwards.increment();
    }

    void cameBack() {
        back.increment();
    }

    long operations() {
        return operations.sum();
    }

    long errors() {
        return errors.sum();
    }

    long retries() {
        return retries.sum();
    }

    long acknowledged() {
        return acknowledged.sum();
    }

    /** Acknowledged events, and sessions, that are not there. */
    long lost() {
        return lost.sum();
    }

    long doubled() {
        return doubled.sum();
    }

    /** Reads that lacked what the same user had been told before. */
    long readBackwards() {
        return readBackwards.sum();
    }

    long back() {
        return back.sum();
    }

    /** The time in milliseconds within which 95 % of the reads were answered. */
    double reads(String phase) {
        return p95(of(reads, phase));
    }

    double appends(String phase) {
        return p95(of(appends, phase));
    }

    double plainReads(String phase) {
        return p95(of(plainReads, phase));
    }

    double plainAppends(String phase) {
        return p95(of(plainAppends, phase));
    }

    private static double p95(Histogram micros) {
        return micros.getValueAtPercentile(95) / 1e3;
    }

    /**
     * Requires that nothing was lost, doubled, read backwards or revived.
     *
     * @throws IllegalStateException if something was
     */
    void requireIntact() {
        if (lost() + doubled() + readBackwards() + back() > 0) {
            throw new IllegalStateException("lost " + lost() + ", doubled " + doubled() + ", read backwards "
                    + readBackwards() + ", deleted sessions back " + back());
        }
    }
}
