package io.github.sessionferry.migration;

import java.time.Duration;

/**
 * Is told how a {@link Retirement} gets on.
 *
 * <p>Its methods may be called from several threads at once. Work waits for them, so they must be quick. What they throw is
 * logged and changes nothing. Implementations must be thread-safe.
 *
 * @since 0.1
 */
public interface RetirementListener {

    /** A session was dealt with. */
    default void sessionDone() {}

    /**
     * Another thousand sessions were dealt with, or some seconds have passed since the last call.
     *
     * @param counts what was met so far
     * @param elapsed how long it has been running; not negative
     */
    default void progress(RetirementCounts counts, Duration elapsed) {}
}
