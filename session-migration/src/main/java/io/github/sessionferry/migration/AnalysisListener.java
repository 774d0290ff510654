package io.github.sessionferry.migration;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Is told how a {@link SessionAnalyzer} gets on.
 *
 * <p>Its methods may be called from several threads at once. Work waits for them, so they must be quick. What they throw is
 * logged and changes nothing. Implementations must be thread-safe.
 *
 * @since 0.1
 */
public interface AnalysisListener {

    /** A session was looked at. */
    default void sessionDone() {}

    /**
     * Another thousand sessions were looked at, or some seconds have passed since the last call.
     *
     * @param sessions how many so far
     * @param total how many there are, about; empty if the store cannot tell
     * @param elapsed how long it has been running; not negative
     */
    default void progress(long sessions, OptionalLong total, Duration elapsed) {}
}
