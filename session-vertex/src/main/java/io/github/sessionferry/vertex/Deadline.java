package io.github.sessionferry.vertex;

import java.time.Duration;

/** When an operation has to be over. Immutable. */
final class Deadline {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    Duration remaining() {
        Duration left = Duration.ofNanos(nanoTime - System.nanoTime());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }

    /** How long one call may take: half of what remains, so that there is time to try again or to look. */
    Duration forOneCall() {
        Duration half = remaining().dividedBy(2);
        return half.compareTo(SHORTEST) < 0 ? SHORTEST : half;
    }
}
