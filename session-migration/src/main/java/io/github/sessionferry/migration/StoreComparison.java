package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.Judgement.Outcome;
import io.github.sessionferry.migration.SessionJudge.UnreadableSessionException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what two stores hold, in both directions, and at the end once more what was not fine. Thread-safe. */
final class StoreComparison {

    private static final Logger LOG = LoggerFactory.getLogger(Validator.class);
    private static final int KEYS_LOOKED_FOR_AT_ONCE = 20;

    private final Validator.Builder settings;
    private final Sample sample;
    private final RunControl control;
    private final ValidationTally tally;
    private final Runnable sessionDone;
    private final SessionService from;
    private final SessionService to;
    private final SessionJudge sessionJudge;
    private final SharedStateJudge scopeJudge;
    private final Optional<Repair> repair;
    private final Examination<SessionKey> sessions;
    private final Examination<SharedScope> scopes;

    StoreComparison(
            Validator.Builder settings,
            Sample sample,
            RunControl control,
            ValidationTally tally,
            Runnable sessionDone) {
        this.settings = settings;
        this.sample = sample;
        this.control = control;
        this.tally = tally;
        this.sessionDone = sessionDone;
        from = settings.from;
        to = settings.to;
        SessionComparison comparison = SessionComparison.of(from, to, settings.tolerance, settings.showValues);
        Retries retries = new Retries(settings.maxRetries, settings.retryDelay);
        sessionJudge = new SessionJudge(from, to, comparison, retries);
        scopeJudge = new SharedStateJudge(from, to, comparison, retries);
        repair = settings.repair ? Optional.of(Repair.of(settings)) : Optional.empty();
        sessions = new Examination<>(tally.ofSessions());
        scopes = new Examination<>(tally.ofSharedState());
    }

    void run() {
        compareSharedState();
        if (control.goesOn()) {
            scan(from).sessions(this::compare, unreadable -> tally.addUnreadable(true, unreadable));
        }
        if (control.goesOn()) {
            scan(to).sessions(
                            KEYS_LOOKED_FOR_AT_ONCE,
                            this::lookFor,
                            unreadable -> tally.addUnreadable(false, unreadable));
        }
        if (control.goesOn() && !(scopes.isSettled() && sessions.isSettled())) {
            judgeAgain();
        }
    }

    private void compareSharedState() {
        if (SharedStateJudge.isKeptBy(from)) {
            scan(from).sharedScopes(scope -> examine(scope, scopeJudge::judgeOfSource));
        }
        if (SharedStateJudge.isKeptBy(from) && SharedStateJudge.isKeptBy(to) && control.goesOn()) {
            scan(to).sharedScopes(scope -> examine(scope, scopeJudge::judgeOfTarget));
        }
    }

    private void examine(SharedScope scope, Function<SharedScope, Judgement> judge) {
        if (sample.includes(scope)) {
            scopes.examine(scope, scopes(judge));
        }
    }

    private void compare(SessionKey key) {
        if (sample.includes(key)) {
            sessions.examine(key, sessions(sessionJudge::judgeOfSource));
            sessionDone.run();
        }
    }

    private void lookFor(List<SessionKey> told) {
        List<SessionKey> keys = told.stream().filter(sample::includes).toList();
        if (keys.isEmpty()) {
            return;
        }
        tally.addTarget(keys.size());
        Set<SessionKey> inSource = sessionJudge.findInSource(keys);
        for (SessionKey key : keys) {
            if (!inSource.contains(key)) {
                sessions.examine(key, sessions(sessionJudge::judgeOfTarget));
            }
            sessionDone.run();
        }
    }

    /** After a moment in which late second writes may come. */
    private void judgeAgain() {
        pause();
        scopes.examineAgain(scan(from), scopes(scopeJudge::judge));
        sessions.examineAgain(scan(from), sessions(sessionJudge::judge));
    }

    private void pause() {
        try {
            Thread.sleep(settings.retryDelay.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            control.cancel();
        }
    }

    private StoreScan scan(SessionService store) {
        return new StoreScan(
                store,
                settings.concurrency,
                settings.pageSize,
                Retries.ofScan(settings.maxRetries, settings.retryDelay),
                control);
    }

    private Function<SessionKey, Judgement> sessions(Function<SessionKey, Judgement> judge) {
        return guarded(repair.map(made -> made.ofSessions(judge)).orElse(judge));
    }

    private Function<SharedScope, Judgement> scopes(Function<SharedScope, Judgement> judge) {
        return guarded(repair.map(made -> made.ofSharedState(judge)).orElse(judge));
    }

    /** Judges what fails as failed, and ends the run if going on makes no sense. */
    private <T> Function<T, Judgement> guarded(Function<T, Judgement> judge) {
        return item -> {
            try {
                return judge.apply(item);
            } catch (UnreadableSessionException e) {
                return e.judgement();
            } catch (RuntimeException e) {
                Failure failure = Failure.of(e);
                LOG.warn("event=comparison_failed code={} reason={}", failure.code(), Json.write(failure.message()));
                if (e instanceof SessionException failed && failed.code().fatal()) {
                    control.stop(failed);
                }
                return Judgement.failed(Outcome.FAILED, failure);
            }
        };
    }
}
