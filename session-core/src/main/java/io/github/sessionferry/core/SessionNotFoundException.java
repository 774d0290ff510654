package io.github.sessionferry.core;

import org.jspecify.annotations.Nullable;

/**
 * The session that was to be changed does not exist. Not retryable.
 *
 * @since 0.1
 */
public final class SessionNotFoundException extends SessionException {

    private static final long serialVersionUID = 1L;

    /**
     * There is no such session.
     *
     * @param key which session
     * @param store the store's name
     * @param cause what the store's client threw; {@code null} if nothing
     */
    public SessionNotFoundException(SessionKey key, String store, @Nullable Throwable cause) {
        super(SessionErrorCode.NOT_FOUND, "no such session in " + store, key, null, cause);
    }
}
