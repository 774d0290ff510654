package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * What {@link SessionService#store} did.
 *
 * <p>Immutable; holds no session content.
 *
 * @param status what became of the session
 * @param eventsAppended how many events were added; never negative
 * @param encodings how many values were written in an encoded form because the store has no such type, by kind
 * @param storedId the id under which the store keeps the session, if it is not the session's own
 * @since 0.1
 */
public record StoreOutcome(
        Status status, int eventsAppended, Map<String, Integer> encodings, Optional<String> storedId) {

    /** What became of the session. */
    public enum Status {
        /** It was absent and is now there. */
        CREATED,
        /** It was there and was changed. */
        UPDATED,
        /** It was there and already held everything. */
        UNCHANGED,
        /** The precondition did not hold; nothing was changed. */
        CONFLICT
    }

    /** The answer when the precondition did not hold. */
    public static final StoreOutcome CONFLICT = of(Status.CONFLICT, 0);

    /** Checks and copies. */
    public StoreOutcome {
        requireNonNull(status, "status");
        encodings = Map.copyOf(encodings);
        requireNonNull(storedId, "storedId");
    }

    /**
     * An outcome without encodings, under the session's own id.
     *
     * @param status what became of the session
     * @param eventsAppended how many events were added
     * @return the outcome
     */
    public static StoreOutcome of(Status status, int eventsAppended) {
        return new StoreOutcome(status, eventsAppended, Map.of(), Optional.empty());
    }
}
