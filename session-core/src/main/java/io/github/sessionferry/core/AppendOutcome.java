package io.github.sessionferry.core;

/**
 * What {@link SessionService#append} did.
 *
 * @since 0.1
 */
public enum AppendOutcome {
    /** The event and its state delta were added. */
    APPENDED,
    /** The session already had the event; nothing was changed. */
    ALREADY_PRESENT
}
