package io.github.sessionferry.testkit;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.util.Optional;

/**
 * A call of a {@link FaultySessionService}.
 *
 * <p>Immutable.
 *
 * @param operation what is called
 * @param key which session it is on; empty if it is on several or none, or the store is to make its id
 * @since 0.1
 */
public record SessionCall(SessionOperation operation, Optional<SessionKey> key) {

    /**
     * Checks the parts.
     *
     * @param operation what is called
     * @param key which session it is on
     */
    public SessionCall {
        requireNonNull(operation, "operation");
        requireNonNull(key, "key");
    }
}
