package io.github.sessionferry.testkit.agentengine;

import java.util.concurrent.atomic.AtomicLong;

/** Makes decimal ids of 19 digits in no apparent order; none twice, and the same ones in every run. */
final class IdGenerator {
    private static final long SMALLEST = 1_000_000_000_000_000_000L;

    private final AtomicLong counter = new AtomicLong();

    long next() {
        long id;
        do {
            id = mix(counter.incrementAndGet());
        } while (id < SMALLEST);
        return id;
    }

    /** The finalizer of SplitMix64: a bijection, so distinct counts stay distinct. */
    private static long mix(long count) {
        long z = count * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
