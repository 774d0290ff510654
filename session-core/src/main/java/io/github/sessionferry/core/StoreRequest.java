package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

/**
 * One of the sessions that {@link SessionService#storeAll} is asked to store.
 *
 * <p>Immutable.
 *
 * @param session the session, with all its events
 * @param precondition what must hold in the store
 * @since 0.1
 */
public record StoreRequest(Session session, Precondition precondition) {

    /** Checks the parts. */
    public StoreRequest {
        requireNonNull(session, "session");
        requireNonNull(precondition, "precondition");
    }
}
