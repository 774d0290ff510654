package io.github.sessionferry.vertex;

import io.github.sessionferry.core.quota.PacingTime;
import java.time.Duration;

/** When an operation has to be over, but for the time in which it is not its turn to call. Not thread-safe. */
final class Deadline {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final PacingTime time;
    private long end;

    private Deadline(PacingTime time, long end) {
        this.time = time;
        this.end = end;
    }

    static Deadline after(Duration timeout, PacingTime time) {
        return new Deadline(time, time.nanoTime() + timeout.toNanos());
    }

    void extend(Duration by) {
        end += by.toNanos();
    }

    boolean isOver() {
        return end - time.nanoTime() <= 0;
    }

    Duration remaining() {
        Duration left = Duration.ofNanos(end - time.nanoTime());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }

    /** How long one call may take: half of what remains, so that there is time to try again or to look. */
    Duration forOneCall() {
        Duration half = remaining().dividedBy(2);
        return half.compareTo(SHORTEST) < 0 ? SHORTEST : half;
    }
}
