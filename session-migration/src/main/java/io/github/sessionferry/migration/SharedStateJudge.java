package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import java.util.List;
import java.util.Map;

/** Compares shared state of two stores that may be in use: what differs is looked at until it stays. Thread-safe. */
final class SharedStateJudge {

    private static final int MOST_LOOKS = 5;

    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;

    SharedStateJudge(SessionService from, SessionService to, SessionComparison comparison, Retries retries) {
        this.from = from;
        this.to = to;
        this.comparison = comparison;
        this.retries = retries;
    }

    static boolean isKeptBy(SessionService store) {
        return store.capabilities().contains(Capability.SHARED_STATE);
    }

    Judgement judge(SharedScope scope) {
        Judgement judgement = look(scope);
        for (int looks = 1; looks < MOST_LOOKS && !judgement.isFine(); looks++) {
            Judgement before = judgement;
            judgement = look(scope);
            if (judgement.equals(before)) {
                break;
            }
        }
        return judgement;
    }

    /** Judges a scope that the source has told; if it is empty there, it is left to the scan of the target. */
    Judgement judgeOfSource(SharedScope scope) {
        return find(from, scope).isEmpty() ? Judgement.NONE : judge(scope);
    }

    /** Judges a scope that the target has told; one that the source has is judged when the source tells it. */
    Judgement judgeOfTarget(SharedScope scope) {
        return find(from, scope).isEmpty() ? judge(scope) : Judgement.NONE;
    }

    private Judgement look(SharedScope scope) {
        Map<String, SharedValue> source = find(from, scope);
        Map<String, SharedValue> target = find(to, scope);
        List<Difference> differences = comparison.differences(scope.stateScope(), source, target);
        return source.isEmpty() && target.isEmpty() ? Judgement.NONE : Judgement.of(differences);
    }

    private Map<String, SharedValue> find(SessionService store, SharedScope scope) {
        return isKeptBy(store) ? retries.call(() -> store.findSharedState(scope)) : Map.of();
    }
}
