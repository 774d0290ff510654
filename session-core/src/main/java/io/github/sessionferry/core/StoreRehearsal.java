package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * What {@link SessionService#rehearse} expects of storing a session that the store does not have.
 *
 * <p>Immutable; holds no session content.
 *
 * @param encodings how many values would be written in an encoded form because the store has no such type, by kind
 * @param storedId the id under which the store would keep the session, if it is not the session's own
 * @param calls about how many calls it would take of each {@linkplain CallQuota#kind() kind} that may have a quota
 * @param roundTrips about how many calls would wait for one another; at least 1
 * @since 0.1
 */
public record StoreRehearsal(
        Map<String, Integer> encodings, Optional<String> storedId, Map<String, Integer> calls, int roundTrips) {

    /** For a session that is kept as it is, with one call. */
    public static final StoreRehearsal PLAIN = new StoreRehearsal(Map.of(), Optional.empty(), Map.of(), 1);

    /** Checks and copies. */
    public StoreRehearsal {
        encodings = Map.copyOf(encodings);
        requireNonNull(storedId, "storedId");
        calls = Map.copyOf(calls);
        if (roundTrips < 1) {
            throw new IllegalArgumentException("roundTrips is " + roundTrips + "; it must be at least 1");
        }
    }
}
