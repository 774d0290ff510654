package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A page of {@link SessionService#scanSharedScopes}.
 *
 * <p>Immutable.
 *
 * @param scopes scopes that may hold state; possibly none although more pages follow
 * @param next where the next page begins; empty only when the end was reached for certain
 * @since 0.1
 */
public record SharedScopePage(List<SharedScope> scopes, Optional<ScanCursor> next) {

    /** Copies the list. */
    public SharedScopePage {
        scopes = List.copyOf(scopes);
        requireNonNull(next, "next");
    }
}
