package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session operation failed. The {@linkplain #code() code} says why and whether to try again.
 *
 * <p>Messages name the operation, the place and what to do; they never hold session content. Not thread-safe in what
 * {@link Throwable} itself lets be changed, otherwise immutable.
 *
 * @since 0.1
 */
public class SessionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final SessionErrorCode code;
    private final transient @Nullable SessionKey key;
    private final @Nullable Duration retryAfter;

    /**
     * A failure.
     *
     * @param code why
     * @param message what failed, where, and what to do; without session content
     */
    public SessionException(SessionErrorCode code, String message) {
        this(code, message, null, null, null);
    }

    /**
     * A failure with its cause.
     *
     * @param code why
     * @param message what failed, where, and what to do; without session content
     * @param cause what the store's client threw; {@code null} if nothing
     */
    public SessionException(SessionErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, null, cause);
    }

    /**
     * A failure of an operation on one session.
     *
     * @param code why
     * @param message what failed, where, and what to do; without session content
     * @param key which session; {@code null} if the operation was not on one
     * @param retryAfter how long the store asks to wait; {@code null} if it did not say
     * @param cause what the store's client threw; {@code null} if nothing
     */
    public SessionException(
            SessionErrorCode code,
            String message,
            @Nullable SessionKey key,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code");
        this.key = key;
        this.retryAfter = retryAfter;
    }

    /**
     * Why the operation failed.
     *
     * @return the code
     */
    public final SessionErrorCode code() {
        return code;
    }

    /**
     * Tells whether the same call may succeed later and may safely be repeated.
     *
     * @return as the code says
     */
    public final boolean retryable() {
        return code.retryable();
    }

    /**
     * Which session the operation was on.
     *
     * @return the key, or empty if the operation was not on one session
     */
    public final Optional<SessionKey> key() {
        return Optional.ofNullable(key);
    }

    /**
     * How long the store asks to wait before the next try.
     *
     * @return the wait, or empty if the store did not say
     */
    public final Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
