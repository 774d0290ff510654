package io.github.sessionferry.migration;

/**
 * Is told how a {@link Migrator} gets on.
 *
 * <p>All methods may be called from several threads at once, except {@link #started} and {@link #finished}, which come
 * first and last from the thread that runs the migration. Work waits for them, so they must be quick. What they throw is
 * logged and changes nothing. Implementations must be thread-safe.
 *
 * @since 0.1
 */
public interface MigrationListener {

    /**
     * The run begins.
     *
     * @param from the source's name
     * @param to the target's name
     * @param dryRun whether nothing will be written
     */
    default void started(String from, String to, boolean dryRun) {}

    /**
     * A session was dealt with.
     *
     * @param outcome what became of it
     */
    default void sessionDone(SessionOutcome outcome) {}

    /**
     * Another thousand sessions were dealt with, or some seconds have passed since the last call.
     *
     * @param progress how far the run has come
     */
    default void progress(MigrationProgress progress) {}

    /**
     * The run has ended, in whatever way.
     *
     * @param report what it did
     */
    default void finished(MigrationReport report) {}
}
