package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SharedScope;
import java.util.List;

/**
 * Shared state that is not the same in both stores.
 *
 * <p>Immutable. Holds values only if they were asked for.
 *
 * @param scope whose state
 * @param differences how its values differ, the first ones if there are very many
 * @since 0.1
 */
public record DifferingScope(SharedScope scope, List<Difference> differences) {

    /** Checks and copies. */
    public DifferingScope {
        requireNonNull(scope, "scope");
        differences = List.copyOf(differences);
    }
}
