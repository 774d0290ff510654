package io.github.sessionferry.migration;

import org.jspecify.annotations.Nullable;

/**
 * The journal of a run cannot be used: the file cannot be opened, locked, read or written, or it belongs to another run.
 *
 * <p>Thrown at the start of a run, it means that nothing was done. Not retryable; the message says what to do. Immutable;
 * holds no session content.
 *
 * @since 0.1
 */
public final class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalException(String message) {
        this(message, null);
    }

    JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
