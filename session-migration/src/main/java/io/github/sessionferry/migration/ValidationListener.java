package io.github.sessionferry.migration;

/**
 * Is told how a {@link Validator} gets on.
 *
 * <p>All methods may be called from several threads at once, except {@link #started} and {@link #finished}, which come
 * first and last from the thread that runs the validation. Work waits for them, so they must be quick. What they throw is
 * logged and changes nothing. Implementations must be thread-safe.
 *
 * @since 0.1
 */
public interface ValidationListener {

    /**
     * The run begins.
     *
     * @param from the source's name
     * @param to the target's name
     */
    default void started(String from, String to) {}

    /** A session of the source was compared, or one of the target was looked for in the source. */
    default void sessionDone() {}

    /**
     * Another thousand sessions were dealt with, or some seconds have passed since the last call.
     *
     * @param progress how far the run has come
     */
    default void progress(ValidationProgress progress) {}

    /**
     * The run has ended, in whatever way.
     *
     * @param report what it found
     */
    default void finished(ValidationReport report) {}
}
