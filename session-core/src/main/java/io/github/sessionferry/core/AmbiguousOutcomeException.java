package io.github.sessionferry.core;

import org.jspecify.annotations.Nullable;

/**
 * A change may have been made or not: the store gave no answer, and looking afterwards did not tell.
 *
 * <p>Not retryable as it is: find out first. Appending the same event again is safe where the store looks for its id.
 *
 * @since 0.1
 */
public final class AmbiguousOutcomeException extends SessionException {

    private static final long serialVersionUID = 1L;

    /**
     * The outcome is unknown.
     *
     * @param message what was tried, where, and what to do; without session content
     * @param key which session; {@code null} if the operation was not on one
     * @param cause what the store's client threw; {@code null} if nothing
     */
    public AmbiguousOutcomeException(String message, @Nullable SessionKey key, @Nullable Throwable cause) {
        super(SessionErrorCode.AMBIGUOUS, message, key, null, cause);
    }
}
