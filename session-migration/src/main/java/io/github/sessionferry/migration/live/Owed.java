package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Instant;
import java.util.Optional;

/**
 * A change that one store has acknowledged and the other may lack.
 *
 * <p>Immutable. Holds no session content.
 *
 * @param key which session; a change of shared state alone is noted under a session {@code shared-state} of the user, or
 *     of a visitor without an account if it is the application's
 * @param authority the store that has it
 * @param eventId the event that was appended; empty if it was another change, or there were several
 * @param touched which shared state it changed besides the session
 * @param since when it was made
 * @since 0.1
 */
public record Owed(
        SessionKey key, StoreSide authority, Optional<String> eventId, TouchedScopes touched, Instant since) {

    private static final String SHARED_STATE = "shared-state";

    /** Checks that nothing is missing. */
    public Owed {
        requireNonNull(key, "key");
        requireNonNull(authority, "authority");
        requireNonNull(eventId, "eventId");
        requireNonNull(touched, "touched");
        requireNonNull(since, "since");
    }

    /**
     * What a change of shared state alone is noted under: a session of whom it concerns, which need not exist. If one does,
     * it is settled as well, which does no harm.
     */
    static SessionKey keyOf(SharedScope scope) {
        return new SessionKey(scope.appName(), scope.userId().orElse(""), SHARED_STATE);
    }
}
