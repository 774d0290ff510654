package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.util.List;

/**
 * A session that is not the same in both stores.
 *
 * <p>Immutable. Holds values only if they were asked for.
 *
 * @param key which session
 * @param status how it differs as a whole
 * @param differences how its parts differ, the first ones if there are very many; empty unless both stores have it
 * @since 0.1
 */
public record DifferingSession(SessionKey key, Status status, List<Difference> differences) {

    /** How a session differs as a whole. */
    public enum Status {
        /** Only the source has it. */
        MISSING,
        /** Only the target has it. */
        UNEXPECTED,
        /** Both have it, with differences. */
        DIFFERENT
    }

    /** Checks and copies. */
    public DifferingSession {
        requireNonNull(key, "key");
        requireNonNull(status, "status");
        differences = List.copyOf(differences);
    }
}
