package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;

/**
 * What {@link Reconciler#reconcile(SharedScope)} did, or {@link Reconciler#preview(SharedScope)} would do.
 *
 * <p>Immutable; holds keys of shared state, no values.
 *
 * @param scope whose state
 * @param outcome what became of each key
 * @param retries how many writes failed and were repeated; 0 for a preview
 * @since 0.1
 */
public record SharedReconcileResult(SharedScope scope, SharedStateOutcome outcome, int retries) {

    /** Checks the parts. */
    public SharedReconcileResult {
        requireNonNull(scope, "scope");
        requireNonNull(outcome, "outcome");
    }
}
