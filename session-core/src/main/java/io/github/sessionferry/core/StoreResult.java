package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one session in {@link SessionService#storeAll}: an outcome or a failure.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class StoreResult {

    private final SessionKey key;
    private final @Nullable StoreOutcome outcome;
    private final @Nullable SessionException failure;

    private StoreResult(SessionKey key, @Nullable StoreOutcome outcome, @Nullable SessionException failure) {
        this.key = requireNonNull(key, "key");
        this.outcome = outcome;
        this.failure = failure;
    }

    /**
     * A session that was dealt with.
     *
     * @param key which session
     * @param outcome what was done
     * @return the result
     */
    public static StoreResult of(SessionKey key, StoreOutcome outcome) {
        return new StoreResult(key, requireNonNull(outcome, "outcome"), null);
    }

    /**
     * A session that could not be stored.
     *
     * @param key which session
     * @param failure why
     * @return the result
     */
    public static StoreResult failed(SessionKey key, SessionException failure) {
        return new StoreResult(key, null, requireNonNull(failure, "failure"));
    }

    /**
     * Which session.
     *
     * @return the key
     */
    public SessionKey key() {
        return key;
    }

    /**
     * What was done.
     *
     * @return the outcome
     * @throws SessionException the failure, if the session could not be stored
     */
    public StoreOutcome get() {
        if (outcome == null) {
            throw requireNonNull(failure);
        }
        return outcome;
    }

    /**
     * Why the session could not be stored.
     *
     * @return the failure, or empty if there was none
     */
    public Optional<SessionException> failure() {
        return Optional.ofNullable(failure);
    }
}
