package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.migration.Judgement.Outcome;
import java.util.function.Function;

/**
 * Makes the target hold what is judged different or missing there, and judges it again. What only the target has stays.
 * Thread-safe.
 */
final class Repair {

    private final Reconciler reconciler;

    private Repair(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    static Repair of(Validator.Builder settings) {
        return new Repair(Reconciler.builder(settings.from, settings.to)
                .tempState(settings.tempState)
                .maxRetries(settings.maxRetries)
                .retryDelay(settings.retryDelay)
                .build());
    }

    Function<SessionKey, Judgement> ofSessions(Function<SessionKey, Judgement> judge) {
        return repairing(judge, key -> whyNot(reconciler.reconcile(key)));
    }

    Function<SharedScope, Judgement> ofSharedState(Function<SharedScope, Judgement> judge) {
        return repairing(judge, scope -> whyNot(reconciler.reconcile(scope)));
    }

    private static <T> Function<T, Judgement> repairing(Function<T, Judgement> judge, Function<T, Failure> repair) {
        return item -> {
            Judgement found = judge.apply(item);
            if (found.outcome() != Outcome.DIFFERENT && found.outcome() != Outcome.MISSING) {
                return found;
            }
            Failure reason;
            try {
                reason = repair.apply(item);
            } catch (SessionException e) {
                if (e.code().fatal()) {
                    throw e;
                }
                return found.because(Failure.of(e));
            }
            Judgement now = judge.apply(item);
            if (now.outcome() == Outcome.EQUAL) {
                return Judgement.REPAIRED;
            }
            return now.outcome() == Outcome.DIFFERENT || now.outcome() == Outcome.MISSING ? now.because(reason) : now;
        };
    }

    /** The reason if the session differs in spite of this. */
    private static Failure whyNot(ReconcileResult result) {
        return result.status() == ReconcileResult.Status.TARGET_AHEAD
                ? new Failure(
                        Failure.TARGET_AHEAD,
                        "the target's session is newer; only events that it lacked were added to it")
                : new Failure(
                        Failure.STILL_DIFFERENT,
                        "the target still differs after it was given what it lacked: it has something more or in another"
                                + " order, or the session goes on changing");
    }

    private static Failure whyNot(SharedReconcileResult result) {
        int kept = result.outcome().kept().size();
        return kept > 0
                ? new Failure(
                        Failure.TARGET_AHEAD,
                        kept + " values of the target stay, for the source's are not known to be newer")
                : new Failure(Failure.STILL_DIFFERENT, "the target holds values that the source does not");
    }
}
