package io.github.sessionferry.migration;

import java.time.Duration;
import java.time.Instant;

/** Decides when to show progress: at each thousandth session, and when some seconds have passed. Thread-safe. */
final class Pace {

    private static final int SESSIONS = 1_000;
    private static final Duration TIME = Duration.ofSeconds(10);

    private long sessions;
    private Instant last;

    Pace(Instant started) {
        last = started;
    }

    /** Counts a session. */
    synchronized boolean isDue(Instant now) {
        sessions++;
        boolean due = sessions % SESSIONS == 0 || !now.isBefore(last.plus(TIME));
        if (due) {
            last = now;
        }
        return due;
    }
}
