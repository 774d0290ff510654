package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.migration.Failure;
import java.util.Optional;

/**
 * What a {@link CarryBack} did with a session that was not the same in both stores.
 *
 * <p>Immutable; holds no session content.
 *
 * @param key which session
 * @param status what became of it
 * @param events how many events the source was given
 * @param failure why it could not be carried back; empty otherwise
 * @since 0.1
 */
public record CarriedSession(SessionKey key, Status status, int events, Optional<Failure> failure) {

    /**
     * What becomes of a session.
     *
     * @since 0.1
     */
    public enum Status {
        /** The source did not have it and now holds all of it. */
        CREATED,
        /** The source had it, and now holds what the target had besides. */
        CARRIED_BACK,
        /** It had been deleted where the other store still had a copy; now it is gone there too. */
        DELETED,
        /** It could not be carried back; run it again. */
        FAILED
    }

    /** Checks that nothing is missing. */
    public CarriedSession {
        requireNonNull(key, "key");
        requireNonNull(status, "status");
        requireNonNull(failure, "failure");
    }
}
