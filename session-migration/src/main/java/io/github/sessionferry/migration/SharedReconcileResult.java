package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link Reconciler#reconcile(SharedScope)} did, or {@link Reconciler#preview(SharedScope)} would do.
 *
 * <p>Immutable; holds keys of shared state, no values.
 *
 * @param scope whose state
 * @param outcome what became of each key
 * @param overruledCopies the copies in single sessions of the source that hold other values than the source's, by key
 *     without prefix
 * @param retries how many writes failed and were repeated; 0 for a preview
 * @since 0.1
 */
public record SharedReconcileResult(
        SharedScope scope, SharedStateOutcome outcome, Map<String, OverruledCopies> overruledCopies, int retries) {

    /** Checks the parts. */
    public SharedReconcileResult {
        requireNonNull(scope, "scope");
        requireNonNull(outcome, "outcome");
        overruledCopies = Collections.unmodifiableMap(new LinkedHashMap<>(overruledCopies));
    }

    /** What the source holds, with which nothing was done. */
    static SharedReconcileResult ofSource(SharedScope scope, Map<String, SharedValue> source) {
        return of(scope, source, new SharedStateOutcome(List.of(), List.of(), List.of()), 0);
    }

    static SharedReconcileResult of(
            SharedScope scope, Map<String, SharedValue> source, SharedStateOutcome outcome, int retries) {
        return new SharedReconcileResult(scope, outcome, overruledCopies(source), retries);
    }

    private static Map<String, OverruledCopies> overruledCopies(Map<String, SharedValue> values) {
        Map<String, OverruledCopies> overruled = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (value.overruledCopies().count() > 0) {
                overruled.put(key, value.overruledCopies());
            }
        });
        return overruled;
    }

    /** The copies of all keys together. */
    OverruledCopies allOverruledCopies() {
        return overruledCopies.values().stream().reduce(OverruledCopies.NONE, OverruledCopies::plus);
    }
}
