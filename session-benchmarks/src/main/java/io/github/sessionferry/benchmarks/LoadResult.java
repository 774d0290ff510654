package io.github.sessionferry.benchmarks;

import io.github.sessionferry.benchmarks.LoadUser.Kind;
import io.github.sessionferry.core.SessionErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** What became of a load. Thread-safe. */
final class LoadResult {

    private final Audit audit = new Audit();
    private final Map<Kind, Calls> byKind = new ConcurrentHashMap<>();
    private final Map<SessionErrorCode, LongAdder> codes = new ConcurrentSkipListMap<>();
    private final Calls all = new Calls();
    private volatile Duration time = Duration.ZERO;

    /** Calls, as their callers saw them. Thread-safe. */
    static final class Calls {

        private final LongAdder number = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final Latencies latencies = new Latencies();

        long number() {
            return number.sum();
        }

        long errors() {
            return errors.sum();
        }

        /** How many percent of them failed. */
        double errorRate() {
            return number() == 0 ? 0 : 100.0 * errors() / number();
        }

        /** The time in milliseconds within which a share of those answered, in percent, was answered. */
        double percentile(double percent) {
            return latencies.percentile(percent);
        }

        private void answered(long nanos) {
            latencies.took(nanos);
            number.increment();
        }

        private void failed() {
            errors.increment();
            number.increment();
        }
    }

    void answered(Kind kind, long nanos) {
        Stream.of(all, of(kind)).forEach(calls -> calls.answered(nanos));
    }

    void failed(Kind kind, SessionErrorCode code) {
        Stream.of(all, of(kind)).forEach(Calls::failed);
        codes.computeIfAbsent(code, first -> new LongAdder()).increment();
    }

    void took(Duration time) {
        this.time = time;
    }

    Audit audit() {
        return audit;
    }

    Calls all() {
        return all;
    }

    Calls of(Kind kind) {
        return byKind.computeIfAbsent(kind, first -> new Calls());
    }

    /** The errors' codes, with their numbers. */
    Map<SessionErrorCode, LongAdder> codes() {
        return codes;
    }

    double callsPerSecond() {
        return all.number() / (time.toNanos() / 1e9);
    }
}
