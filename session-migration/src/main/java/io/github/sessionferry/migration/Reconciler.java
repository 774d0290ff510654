package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreRehearsal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes one store hold what another holds: the only operation that moves sessions.
 *
 * <p>Reconciling is safe at any time and any number of times, also while applications write to either store, while
 * others reconcile the same session, and after a crash:
 *
 * <ul>
 *   <li>A session that the target lacks is created whole. Two that do so at once create it once.
 *   <li>One that it has gets the source's state, times and fields, and the events that it lacks, by id. No event comes
 *       twice, and none is taken away.
 *   <li>New is never overwritten with old: if the target's session is newer, it stays as it is and is given the events
 *       that it lacks.
 *   <li>If each side has events that the other lacks, a key of the state holds what the latest event that changes it says,
 *       on whichever side it was.
 *   <li>A change of the source meanwhile is noticed after the write and carried over as well.
 *   <li>A session that the source deletes meanwhile is not left behind in the target.
 *   <li>History changes no shared state; that moves on its own, the newest value winning.
 * </ul>
 *
 * <p>Failures that may pass are tried again: after a growing wait with jitter, and not before the store's own
 * {@linkplain SessionException#retryAfter() hint}. After a failure, and after an unknown outcome, both sides are looked at
 * anew and what is missing is completed.
 *
 * <p>Thread-safe if both stores are. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class Reconciler {

    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;
    private final TempState tempState;
    private final Novelty novelty;
    private final SessionBatch batch;

    private Reconciler(Builder builder) {
        from = builder.from;
        to = builder.to;
        comparison = SessionComparison.exact(from, to);
        retries = new Retries(builder.maxRetries, builder.retryDelay);
        tempState = builder.tempState;
        novelty = builder.novelty;
        batch = new SessionBatch(from, to, novelty, tempState);
    }

    /**
     * Makes a reconciler with the usual retries: 3, the first after about 200 ms.
     *
     * @param from the source, which is only read
     * @param to the target
     * @return the reconciler
     */
    public static Reconciler between(SessionService from, SessionService to) {
        return builder(from, to).build();
    }

    /**
     * Starts a reconciler.
     *
     * @param from the source, which is only read
     * @param to the target
     * @return a builder
     */
    public static Builder builder(SessionService from, SessionService to) {
        return new Builder(from, to);
    }

    /**
     * Makes the target hold a session as the source holds it.
     *
     * @param key which session
     * @return what was done
     * @throws SessionException if it could not be done, after all retries. Part of it may be done then; reconciling again
     *     completes it
     */
    public ReconcileResult reconcile(SessionKey key) {
        return begin(requireNonNull(key, "key")).run();
    }

    /** The same in a form that tells what it has created, whatever its end. */
    SessionReconciliation begin(SessionKey key) {
        return new SessionReconciliation(from, to, comparison, retries, novelty, tempState, key);
    }

    /** Reconciles many at once; tells those of them that are done. */
    Map<SessionKey, ReconcileResult> settle(Map<SessionKey, SessionReconciliation> begun) {
        return batch.settle(begun);
    }

    /**
     * Tells what {@link #reconcile(SessionKey)} would do, writing nothing.
     *
     * <p>Both sides are read and compared, and the target {@linkplain SessionService#rehearse tells} what it would make of
     * what it lacks.
     *
     * @param key which session
     * @return what would be done
     * @throws SessionException if a store could not be read, after all retries; {@link SessionErrorCode#INVALID_SESSION} if
     *     the target would refuse the session
     */
    public ReconcileResult preview(SessionKey key) {
        requireNonNull(key, "key");
        ReconcileStep step = ReconcileStep.next(comparison, find(from, key), find(to, key));
        StoreRehearsal rehearsal = step.write()
                .map(write -> to.rehearse(tempState.apply(write.session())))
                .orElse(StoreRehearsal.PLAIN);
        return new ReconcileResult(
                key, step.status(), step.eventsMissing(), rehearsal.encodings(), rehearsal.storedId(), 0, 0, Map.of());
    }

    private Optional<Session> find(SessionService store, SessionKey key) {
        return retries.call(() -> store.find(key, EventSelection.all()));
    }

    /**
     * Makes the target hold the shared state of a scope, value by value the newest.
     *
     * <p>Values of which neither is known to be newer stay as the target has them; the result names their keys as
     * {@linkplain SharedStateOutcome#kept() kept}. Keys that only the target has stay.
     *
     * @param scope whose state
     * @return what was done
     * @throws SessionException if it could not be done, after all retries. Part of it may be done then; reconciling again
     *     completes it
     */
    public SharedReconcileResult reconcile(SharedScope scope) {
        requireNonNull(scope, "scope");
        Map<String, SharedValue> values = findSharedState(from, scope);
        return values.isEmpty()
                ? SharedReconcileResult.ofSource(scope, values)
                : retries.callCounting(
                        failed -> SharedReconcileResult.of(scope, values, to.storeSharedState(scope, values), failed));
    }

    /**
     * Tells what {@link #reconcile(SharedScope)} would do, writing nothing.
     *
     * @param scope whose state
     * @return what would be done
     * @throws SessionException if a store could not be read, after all retries
     */
    public SharedReconcileResult preview(SharedScope scope) {
        requireNonNull(scope, "scope");
        Map<String, SharedValue> source = findSharedState(from, scope);
        return SharedReconcileResult.of(scope, source, newestWins(source, findSharedState(to, scope)), 0);
    }

    private Map<String, SharedValue> findSharedState(SessionService store, SharedScope scope) {
        return retries.call(() -> store.findSharedState(scope));
    }

    private static SharedStateOutcome newestWins(Map<String, SharedValue> source, Map<String, SharedValue> target) {
        List<String> written = new ArrayList<>();
        List<String> unchanged = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        source.forEach((key, value) -> {
            SharedValue present = target.get(key);
            if (present != null && Objects.equals(present.value(), value.value())) {
                unchanged.add(key);
            } else if (present == null || value.isNewerThan(present)) {
                written.add(key);
            } else {
                kept.add(key);
            }
        });
        return new SharedStateOutcome(written, unchanged, kept);
    }

    /**
     * Builds a reconciler. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionService from;
        private final SessionService to;
        private int maxRetries = Retries.DEFAULT_MAX;
        private Duration retryDelay = Retries.DEFAULT_DELAY;
        private TempState tempState = TempState.DROP;
        private Novelty novelty = Novelty.unguessed();

        private Builder(SessionService from, SessionService to) {
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        /**
         * Sets how often a failed try is repeated.
         *
         * @param retries how often at most; not negative, 3 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxRetries(int retries) {
            maxRetries = Retries.requireMax(retries);
            return this;
        }

        /**
         * Sets the wait before the first repetition; each further one is about twice as long, up to a minute.
         *
         * @param delay the wait; positive and less than a minute, 200 ms if not set
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder retryDelay(Duration delay) {
            retryDelay = Retries.requireDelay(delay);
            return this;
        }

        /** Saves looks at the target while it lacks the sessions; costs one when a session is known after new ones. */
        Builder inBulk() {
            novelty = Novelty.guessed();
            return this;
        }

        /**
         * Sets what becomes of {@code temp:} keys in the history.
         *
         * @param rule dropped if not set
         * @return this builder
         */
        public Builder tempState(TempState rule) {
            tempState = requireNonNull(rule, "rule");
            return this;
        }

        /**
         * Makes the reconciler.
         *
         * @return the reconciler
         */
        public Reconciler build() {
            return new Reconciler(this);
        }
    }
}
