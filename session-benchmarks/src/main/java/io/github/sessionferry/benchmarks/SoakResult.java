package io.github.sessionferry.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of a soak. Thread-safe. */
final class SoakResult {

    private final LongAdder operations = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Audit audit = new Audit();
    private final Map<String, Latencies> reads = new ConcurrentHashMap<>();
    private final Map<String, Latencies> appends = new ConcurrentHashMap<>();
    private final Map<String, Latencies> plainReads = new ConcurrentHashMap<>();
    private final Map<String, Latencies> plainAppends = new ConcurrentHashMap<>();

    /** A call that was answered, by a user of both stores or of the source alone. */
    void answered(String phase, SoakUser.Kind kind, boolean isPlain, long nanos) {
        if (kind == SoakUser.Kind.OTHER) {
            return;
        }
        boolean isRead = kind == SoakUser.Kind.READ;
        Map<String, Latencies> all = isPlain ? isRead ? plainReads : plainAppends : isRead ? reads : appends;
        of(all, phase).took(nanos);
    }

    private static Latencies of(Map<String, Latencies> all, String phase) {
        return all.computeIfAbsent(phase, first -> new Latencies());
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

    Audit audit() {
        return audit;
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

    private static double p95(Latencies calls) {
        return calls.percentile(95);
    }
}
