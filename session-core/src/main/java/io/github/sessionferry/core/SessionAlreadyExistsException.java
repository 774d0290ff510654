package io.github.sessionferry.core;

import org.jspecify.annotations.Nullable;

/**
 * The session that was to be created exists already. Not retryable.
 *
 * @since 0.1
 */
public final class SessionAlreadyExistsException extends SessionException {

    private static final long serialVersionUID = 1L;

    /**
     * There is such a session.
     *
     * @param key which session
     * @param store the store's name
     * @param cause what the store's client threw; {@code null} if nothing
     */
    public SessionAlreadyExistsException(SessionKey key, String store, @Nullable Throwable cause) {
        super(SessionErrorCode.ALREADY_EXISTS, "the session exists already in " + store, key, null, cause);
    }
}
