package io.github.sessionferry.migration;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Repeats calls that failed for a while only: exponentially later each time, with jitter, and never sooner than the store
 * asks. Calls whose outcome is unknown are repeated too, so they must be safe to repeat. Thread-safe.
 */
final class Retries {

    static final int DEFAULT_MAX = 3;
    static final Duration DEFAULT_DELAY = Duration.ofMillis(200);

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);
    private static final double JITTER = 0.25;

    /** What Failsafe takes as no wish. */
    private static final Duration AS_BACK_OFF_SAYS = Duration.ofNanos(-1);

    private final RetryPolicy<Object> policy;

    /**
     * Makes a policy.
     *
     * @param max how often a call is repeated at most; not negative
     * @param firstDelay the wait before the first repetition; positive and less than a minute
     */
    Retries(int max, Duration firstDelay) {
        policy = RetryPolicy.builder()
                .handleIf(Retries::isWorthAnotherTry)
                .withMaxRetries(max)
                .withBackoff(firstDelay, LONGEST_DELAY)
                .withJitter(JITTER)
                .withDelayFn(context -> askedByStore(context.getLastException()))
                .build();
    }

    /** Twice as patient: a scan that gives up ends the whole run. */
    static Retries ofScan(int max, Duration firstDelay) {
        return new Retries(2 * max, firstDelay);
    }

    static int requireMax(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("maxRetries is " + max + "; it must not be negative");
        }
        return max;
    }

    static Duration requireDelay(Duration delay) {
        if (delay.compareTo(Duration.ZERO) <= 0 || delay.compareTo(LONGEST_DELAY) >= 0) {
            throw new IllegalArgumentException(
                    "retryDelay is " + delay + "; it must be positive and less than " + LONGEST_DELAY);
        }
        return delay;
    }

    <T> T call(Supplier<T> action) {
        return callCounting(attempt -> action.get());
    }

    /** Gives the action the number of tries before. */
    <T> T callCounting(IntFunction<T> action) {
        try {
            return run(action);
        } catch (Exhausted e) {
            throw e.failure;
        }
    }

    /** A call inside of another: if it fails in spite of its own retries, the outer one is not tried again for it. */
    <T> T callInside(IntFunction<T> action) {
        try {
            return run(action);
        } catch (SessionException e) {
            throw new Exhausted(e);
        }
    }

    private <T> T run(IntFunction<T> action) {
        try {
            return Failsafe.with(policy).get(context -> action.apply(context.getAttemptCount()));
        } catch (FailsafeException e) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "interrupted while waiting to try again; run it again", e);
        }
    }

    /** Carries a failure past the retries of the outer call. */
    private static final class Exhausted extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final SessionException failure;

        Exhausted(SessionException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private static boolean isWorthAnotherTry(Throwable failure) {
        return failure instanceof SessionException e && mayPass(e.code());
    }

    /** Whether another try may succeed, if what was tried may be repeated. */
    static boolean mayPass(SessionErrorCode code) {
        return code.retryable() || code == SessionErrorCode.AMBIGUOUS;
    }

    /** The store's wish, lengthened by what jitter may take off. */
    private static Duration askedByStore(@Nullable Throwable failure) {
        return failure instanceof SessionException e
                ? e.retryAfter().map(Retries::withRoomForJitter).orElse(AS_BACK_OFF_SAYS)
                : AS_BACK_OFF_SAYS;
    }

    private static Duration withRoomForJitter(Duration asked) {
        Duration bounded = asked.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : asked;
        return Duration.ofNanos((long) Math.ceil(bounded.toNanos() / (1 - JITTER)));
    }
}
