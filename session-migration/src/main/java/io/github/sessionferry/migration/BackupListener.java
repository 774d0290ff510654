package io.github.sessionferry.migration;

import java.time.Duration;

/**
 * Is told how a {@link Backup} gets on.
 *
 * <p>Its methods may be called from several threads at once. Work waits for them, so they must be quick. What they throw is
 * logged and changes nothing. Implementations must be thread-safe.
 *
 * @since 0.1
 */
public interface BackupListener {

    /** A session was dealt with. */
    default void sessionDone() {}

    /**
     * Another thousand sessions were dealt with, or some seconds have passed since the last call.
     *
     * @param counts what the backup holds so far
     * @param elapsed how long it has been running
     */
    default void progress(BackupCounts counts, Duration elapsed) {}
}
