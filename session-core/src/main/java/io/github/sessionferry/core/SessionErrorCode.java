package io.github.sessionferry.core;

/**
 * Why a session operation failed; stable across releases.
 *
 * @since 0.1
 */
public enum SessionErrorCode {
    /** The session does not exist. */
    NOT_FOUND(false),
    /** The session exists already. */
    ALREADY_EXISTS(false),
    /** The store cannot keep this session, event or id: too large, too deep, not allowed. */
    INVALID_SESSION(false),
    /** What is stored cannot be read as a session. */
    CORRUPT(false),
    /** Concurrent changes got in the way every time; nothing was changed. */
    CONTENTION(true),
    /** The store could not be reached or gave no answer in time; nothing was changed. */
    UNAVAILABLE(true),
    /** The store refuses calls for now because there were too many; nothing was changed. */
    RATE_LIMITED(true),
    /** The change may have been made or not, and looking did not tell. */
    AMBIGUOUS(false),
    /** The store asks for other credentials. */
    UNAUTHENTICATED(false),
    /** The credentials do not allow the operation. */
    PERMISSION_DENIED(false),
    /** The store itself does not exist: no such project, database, engine or folder. */
    STORE_NOT_FOUND(false),
    /** The store has no such ability; its capabilities say so. */
    UNSUPPORTED(false),
    /** The store was closed. */
    CLOSED(false),
    /** The store answered something that it never should. */
    INTERNAL(false);

    private final boolean retryable;

    SessionErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /**
     * Tells whether the same call may succeed later and may safely be repeated.
     *
     * @return true if so
     */
    public boolean retryable() {
        return retryable;
    }

    /**
     * Tells whether every other call on the store must be expected to fail as well, so that a long run should stop.
     *
     * @return true for failures of the store as a whole that do not pass by themselves
     */
    public boolean fatal() {
        return this == UNAUTHENTICATED || this == PERMISSION_DENIED || this == STORE_NOT_FOUND || this == CLOSED;
    }
}
