package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.Session;
import com.google.protobuf.util.Durations;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When the service is to remove a session: not before 24 hours from now, the shortest that it allows. */
final class Expiry {

    /** A little more than the service's minimum, for its clock is another one. */
    private static final Duration SHORTEST = Duration.ofHours(24).plusMinutes(5);

    private static final long DEFAULT_DAYS = 365;

    private Expiry() {}

    /** Leaves it to the service if no time is given. */
    static void put(@Nullable Instant expireTime, Instant now, Session.Builder session) {
        if (expireTime != null) {
            Instant soonest = now.plus(SHORTEST);
            Instant later = expireTime.isBefore(soonest) ? soonest : expireTime;
            session.setExpireTime(Times.timestamp(later.isBefore(Times.LAST) ? later : Times.LAST));
        }
    }

    /** Goes back to the service's own rule if no time is given. */
    static void replace(@Nullable Instant expireTime, Instant now, Session.Builder session) {
        if (expireTime == null) {
            session.setTtl(Durations.fromDays(DEFAULT_DAYS));
        } else {
            put(expireTime, now, session);
        }
    }
}
