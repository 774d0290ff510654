package io.github.sessionferry.core;

import java.util.List;

/**
 * What {@link SessionService#storeSharedState} did with each key.
 *
 * <p>Immutable; keys without prefix.
 *
 * @param written the keys whose value was written
 * @param unchanged the keys that already held the value
 * @param kept the keys whose other value in the store stays, because it is newer or its age is unknown
 * @since 0.1
 */
public record SharedStateOutcome(List<String> written, List<String> unchanged, List<String> kept) {

    /** Copies the lists. */
    public SharedStateOutcome {
        written = List.copyOf(written);
        unchanged = List.copyOf(unchanged);
        kept = List.copyOf(kept);
    }
}
