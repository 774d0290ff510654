package io.github.sessionferry.core.rollout;

/**
 * How a user talks to the application.
 *
 * @since 0.1
 */
public enum Channel {
    /** Requests and answers; these sessions move. */
    TEXT,
    /** Live voice: served by the source whatever the stage, and never kept waiting by the target. */
    LIVE
}
