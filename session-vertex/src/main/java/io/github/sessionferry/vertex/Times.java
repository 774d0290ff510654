package io.github.sessionferry.vertex;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.github.sessionferry.core.StateValues;
import java.time.Instant;

/** Times of protobuf, which has those of the years 1 to 9999. */
final class Times {

    static final Instant FIRST = Instant.ofEpochSecond(Timestamps.MIN_VALUE.getSeconds());
    static final Instant LAST = Instant.ofEpochSecond(Timestamps.MAX_VALUE.getSeconds());

    private Times() {}

    static Instant instant(Timestamp time) {
        return StateValues.toMicros(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
    }

    /** @throws IllegalArgumentException if protobuf has no such time */
    static Timestamp timestamp(Instant time) {
        Timestamp timestamp = Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
        if (!Timestamps.isValid(timestamp)) {
            throw new IllegalArgumentException("a time is outside the years 1 to 9999");
        }
        return timestamp;
    }
}
