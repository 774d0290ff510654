package io.github.sessionferry.core;

/**
 * What {@link SessionService#delete} did.
 *
 * @since 0.1
 */
public enum DeleteOutcome {
    /** The session and all its events are gone. */
    DELETED,
    /** There was no such session. */
    ABSENT,
    /** The session stands, for it no longer has the revision asked for. */
    CONFLICT
}
