package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reconciles many sessions with few calls, for a target that takes many at once. Settled are those that go smoothly: that
 * are created and have not changed meanwhile, or are equal already. All others, and all after a failure, are left to their
 * own reconciliation, which goes on from what was done here. Thread-safe.
 */
final class SessionBatch {

    private final SessionService from;
    private final SessionService to;
    private final Novelty novelty;
    private final TempState tempState;

    SessionBatch(SessionService from, SessionService to, Novelty novelty, TempState tempState) {
        this.from = from;
        this.to = to;
        this.novelty = novelty;
        this.tempState = tempState;
    }

    /** Returns the results of those that are settled. */
    Map<SessionKey, ReconcileResult> settle(Map<SessionKey, SessionReconciliation> sessions) {
        Map<SessionKey, ReconcileResult> settled = new LinkedHashMap<>();
        try {
            Map<SessionKey, Session> sources = from.findAll(sessions.keySet(), EventSelection.all());
            Map<SessionKey, Session> lacking = novelty.isLikely() ? sources : compare(sessions, sources, settled);
            if (!lacking.isEmpty()) {
                create(sessions, lacking, settled);
            }
        } catch (RuntimeException e) {
            return settled; // what could not be read is read again for each session, and fails there if it must
        }
        return settled;
    }

    private void create(
            Map<SessionKey, SessionReconciliation> sessions,
            Map<SessionKey, Session> sources,
            Map<SessionKey, ReconcileResult> settled) {
        List<StoreRequest> requests = sources.values().stream()
                .map(source -> new StoreRequest(tempState.apply(source), Precondition.absent()))
                .toList();
        List<StoreResult> results = storeAll(requests);
        Map<SessionKey, Session> now = findAgain(sources);
        for (int i = 0; i < requests.size(); i++) {
            Session written = requests.get(i).session();
            SessionKey key = written.key();
            Optional<Session> source = Optional.ofNullable(sources.get(key));
            boolean unchanged = SessionReconciliation.isSameVersion(source, Optional.ofNullable(now.get(key)));
            requireNonNull(sessions.get(key))
                    .createdWithOthers(source.orElseThrow(), written, results.get(i), unchanged)
                    .ifPresent(result -> settled.put(key, result));
        }
    }

    private List<StoreResult> storeAll(List<StoreRequest> requests) {
        try {
            return to.storeAll(requests);
        } catch (RuntimeException e) {
            SessionException failure = e instanceof SessionException known
                    ? known
                    : new SessionException(SessionErrorCode.INTERNAL, "storing many sessions at once failed", e);
            return requests.stream()
                    .map(request -> StoreResult.failed(request.session().key(), failure))
                    .toList();
        }
    }

    /** Empty if it cannot be read: then none counts as unchanged. */
    private Map<SessionKey, Session> findAgain(Map<SessionKey, Session> sources) {
        try {
            return from.findAll(sources.keySet(), EventSelection.none());
        } catch (RuntimeException e) {
            return Map.of();
        }
    }

    /** Settles those that are equal; returns those that the target lacks. */
    private Map<SessionKey, Session> compare(
            Map<SessionKey, SessionReconciliation> sessions,
            Map<SessionKey, Session> sources,
            Map<SessionKey, ReconcileResult> settled) {
        Map<SessionKey, Session> targets = to.findAll(sources.keySet(), EventSelection.all());
        novelty.learn(targets.isEmpty() && !sources.isEmpty());
        Map<SessionKey, Session> lacking = new LinkedHashMap<>();
        sources.forEach((key, source) -> {
            Session target = targets.get(key);
            if (target == null) {
                lacking.put(key, source);
            } else {
                requireNonNull(sessions.get(key))
                        .unchanged(source, target)
                        .ifPresent(result -> settled.put(key, result));
            }
        });
        return lacking;
    }
}
