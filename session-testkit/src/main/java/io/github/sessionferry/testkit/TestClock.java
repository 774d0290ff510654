package io.github.sessionferry.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until it is told to move.
 *
 * <p>Thread-safe; clocks made by {@link #withZone} show the same time.
 *
 * @since 0.1
 */
public final class TestClock extends Clock {

    private final AtomicReference<Instant> now;
    private final ZoneId zone;

    private TestClock(AtomicReference<Instant> now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
    }

    /**
     * Makes a clock.
     *
     * @param start the time that it shows at first
     * @return a clock in UTC
     */
    public static TestClock at(Instant start) {
        return new TestClock(new AtomicReference<>(requireNonNull(start, "start")), ZoneOffset.UTC);
    }

    /**
     * Moves the clock forward.
     *
     * @param step how far; not negative
     * @throws IllegalArgumentException if the step is negative
     */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("step is " + step + "; use set to move the clock back");
        }
        now.updateAndGet(time -> time.plus(step));
    }

    /**
     * Sets the clock.
     *
     * @param time the time that it shows from now on; may be earlier than before
     */
    public void set(Instant time) {
        now.set(requireNonNull(time, "time"));
    }

    @Override
    public Instant instant() {
        return requireNonNull(now.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new TestClock(now, requireNonNull(zone, "zone"));
    }
}
