package io.github.sessionferry.core.quota;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls of one kind pass at the rate that a store allows, evenly, and in the order in which they were asked for.
 *
 * <p>Before each call, {@link #await}; after one that the store refused because there were too many, {@link #refused}.
 * Then no call passes until the store's wish is met, and the rate is three quarters of what it was. It comes back by a
 * twentieth of the limit a minute. What is refused within a minute after that does not slow down once more: quotas are
 * counted by the minute, and all these refusals tell the same.
 *
 * <p>Calls that could not be made for a moment because no thread was there to make them are caught up, up to a quarter of
 * a second's worth.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class CallPacer {

    private static final double SLOW_DOWN = 0.75;
    private static final double SLOWEST = 0.01;
    private static final double RECOVERY_PER_MINUTE = 0.05;
    private static final double NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final String kind;
    private final CallLimit limit;
    private final PacingTime time;

    /** Held by whoever is next, also while waiting, so that a slow-down concerns everyone who has not called yet. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private boolean begun;
    private long firstCall;
    private long nextCall;

    /** The part of the limit that was in force at {@link #shareSince}, from which on it grows. */
    private double share = 1;

    private long shareSince;
    private @Nullable Long slowedDown;
    private long made;
    private long refused;

    /**
     * A pacer of calls.
     *
     * @param kind which calls, for people, such as {@code events appended}
     * @param limit how many may be made
     * @param time the time to go by
     */
    public CallPacer(String kind, CallLimit limit, PacingTime time) {
        this.kind = requireNonNull(kind, "kind");
        this.limit = requireNonNull(limit, "limit");
        this.time = requireNonNull(time, "time");
    }

    /**
     * Waits until the calls may be made, after everybody who asked before.
     *
     * @param calls how many are made together; at least 1
     * @return how long it took
     * @throws InterruptedException if the thread is interrupted while it waits; then the calls must not be made
     */
    public Duration await(int calls) throws InterruptedException {
        if (calls < 1) {
            throw new IllegalArgumentException("calls is " + calls + "; it must be at least 1");
        }
        long asked = time.nanoTime();
        turn.lockInterruptibly();
        try {
            for (long wait = toWait(); wait > 0; wait = toWait()) {
                time.sleep(Duration.ofNanos(wait));
            }
            return Duration.ofNanos(pass(calls) - asked);
        } finally {
            turn.unlock();
        }
    }

    private synchronized long toWait() {
        return begun ? nextCall - time.nanoTime() : 0;
    }

    private synchronized long pass(int calls) {
        long now = time.nanoTime();
        if (!begun) {
            begun = true;
            firstCall = now;
            nextCall = now;
            shareSince = now;
        }
        made += calls;
        long interval = Math.round(calls * NANOS_PER_MINUTE / (limit.perMinute(now - firstCall) * share(now)));
        nextCall = Math.max(nextCall, now - CATCH_UP_NANOS) + interval;
        return now;
    }

    private double share(long now) {
        double minutes = Math.max(0, now - shareSince) / NANOS_PER_MINUTE;
        return Math.min(1, share + RECOVERY_PER_MINUTE * minutes);
    }

    /**
     * Tells that the store refused a call because there were too many.
     *
     * @param wish how long the store asks to wait, of which five minutes are granted at most; {@code null} if it does not
     *     say, which is taken for ten seconds
     */
    public synchronized void refused(@Nullable Duration wish) {
        long now = time.nanoTime();
        refused++;
        share = share(now);
        if (slowedDown == null || now - slowedDown >= NANOS_PER_MINUTE) {
            slowedDown = now;
            share = Math.max(SLOWEST, share * SLOW_DOWN);
        }
        Duration pause = wish == null ? PAUSE : wish.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wish;
        nextCall = Math.max(nextCall, now + pause.toNanos());
        shareSince = Math.max(now, nextCall);
    }

    /**
     * Tells what passed so far.
     *
     * @return the quota, its use, and the rate in force now
     */
    public synchronized CallQuota quota() {
        long now = time.nanoTime();
        long running = begun ? now - firstCall : 0;
        double perMinute = limit.perMinute(running);
        return new CallQuota(
                kind,
                perMinute,
                perMinute * share(now),
                limit.growth(),
                limit.step(),
                limit.within(running),
                made,
                refused);
    }
}
