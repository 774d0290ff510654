package io.github.sessionferry.testkit.firestore;

import com.google.protobuf.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as Firestore keeps them: whole microseconds since the epoch. */
final class Micros {
    private static final long PER_SECOND = 1_000_000;
    private static final long PER_MILLI = 1_000;
    private static final int NANOS = 1_000;

    private Micros() {}

    static long now(Clock clock) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    static long of(Timestamp timestamp) {
        return timestamp.getSeconds() * PER_SECOND + timestamp.getNanos() / NANOS;
    }

    static Timestamp toTimestamp(long micros) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, PER_SECOND))
                .setNanos((int) Math.floorMod(micros, PER_SECOND) * NANOS)
                .build();
    }

    /** The precision of a server timestamp that a transform sets. */
    static Timestamp toMillisTimestamp(long micros) {
        return toTimestamp(micros - Math.floorMod(micros, PER_MILLI));
    }

    static Timestamp truncated(Timestamp timestamp) {
        return toTimestamp(of(timestamp));
    }
}
