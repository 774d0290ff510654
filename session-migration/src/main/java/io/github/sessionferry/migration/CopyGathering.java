package io.github.sessionferry.migration;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.migration.SelfTest.Copies;
import java.util.Map;
import java.util.Optional;

/** Copies the first sessions that are equal in both stores, with the state that they share. Not thread-safe. */
final class CopyGathering {

    /** So many times the number of copies wanted are looked at. */
    private static final int PATIENCE = 10;

    private static final int MOST_COPIES = 100;

    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;
    private final boolean sharedState;
    private ScratchData source = ScratchData.EMPTY;
    private ScratchData target = ScratchData.EMPTY;
    private int lookedAt;

    CopyGathering(Validator.Builder settings) {
        from = settings.from;
        to = settings.to;
        comparison = SessionComparison.of(from, to, settings.tolerance, false, settings.tempState);
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        sharedState = SharedStateJudge.isKeptBy(from) && SharedStateJudge.isKeptBy(to);
    }

    Copies gather() {
        for (ScanCursor partition : retries.call(() -> from.scanPartitions(1))) {
            gather(partition);
        }
        return new Copies(source, target, sharedState);
    }

    private void gather(ScanCursor partition) {
        Optional<ScanCursor> next = Optional.of(partition);
        while (next.isPresent() && !isEnough()) {
            ScanCursor cursor = next.get();
            ScanPage page = retries.call(() -> from.scan(cursor, MOST_COPIES));
            for (SessionSummary summary : page.sessions()) {
                if (!isEnough()) {
                    copy(summary.key());
                }
            }
            next = page.next();
        }
    }

    private boolean isEnough() {
        return source.sessions().size() >= MOST_COPIES || lookedAt >= PATIENCE * MOST_COPIES;
    }

    /** Copies a session if it is equal in both; one that cannot be read is for the comparison to tell. */
    private void copy(SessionKey key) {
        lookedAt++;
        try {
            copyIfEqual(key);
        } catch (SessionException e) {
            if (e.code().fatal()) {
                throw e;
            }
        }
    }

    private void copyIfEqual(SessionKey key) {
        Optional<Session> inSource = find(from, key);
        Optional<Session> inTarget = find(to, key);
        if (inSource.isPresent()
                && inTarget.isPresent()
                && comparison.differences(inSource.get(), inTarget.get()).isEmpty()) {
            source = source.with(inSource.get());
            target = target.with(inTarget.get());
            if (sharedState) {
                copyIfEqual(SharedScope.app(key.appName()));
                copyIfEqual(SharedScope.user(key.appName(), key.userId()));
            }
        }
    }

    private Optional<Session> find(SessionService store, SessionKey key) {
        return retries.call(() -> store.find(key, EventSelection.all()));
    }

    private void copyIfEqual(SharedScope scope) {
        if (source.shared().containsKey(scope)) {
            return;
        }
        Map<String, SharedValue> inSource = retries.call(() -> from.findSharedState(scope));
        Map<String, SharedValue> inTarget = retries.call(() -> to.findSharedState(scope));
        if (!inSource.isEmpty()
                && comparison
                        .differences(scope.stateScope(), inSource, inTarget)
                        .isEmpty()) {
            source = source.with(scope, inSource);
            target = target.with(scope, inTarget);
        }
    }
}
