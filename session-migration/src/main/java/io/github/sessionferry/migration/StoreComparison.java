package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.Examination.Entry;
import io.github.sessionferry.migration.Judgement.Outcome;
import io.github.sessionferry.migration.SessionJudge.UnreadableSessionException;
import io.github.sessionferry.migration.ValidationJournal.Scan;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what two stores hold, in both directions, and at the end once more what was not fine. Thread-safe. */
final class StoreComparison {

    private static final Logger LOG = LoggerFactory.getLogger(Validator.class);
    private static final int KEYS_LOOKED_FOR_AT_ONCE = 20;

    /** Is told how the comparison gets on. Implementations are thread-safe. */
    interface Watcher {

        /** Whom it does not concern. */
        Watcher NOBODY = new Watcher() {};

        /** The sessions of the source are compared from now on. */
        default void beginSource() {}

        /** Those of the target are looked for from now on. */
        default void beginTarget() {}

        /** A session was dealt with. */
        default void sessionDone(boolean inTarget) {}
    }

    private final Validator.Builder settings;
    private final Sample sample;
    private final RunControl control;
    private final Findings findings;
    private final Optional<ValidationJournal> journal;
    private final Watcher watcher;
    private final SessionService from;
    private final SessionService to;
    private final SessionJudge sessionJudge;
    private final SharedStateJudge scopeJudge;
    private final Optional<Repair> repair;

    StoreComparison(
            Validator.Builder settings,
            Sample sample,
            RunControl control,
            Findings findings,
            Optional<ValidationJournal> journal,
            Watcher watcher) {
        this.settings = settings;
        this.sample = sample;
        this.control = control;
        this.findings = findings;
        this.journal = journal;
        this.watcher = watcher;
        from = settings.from;
        to = settings.to;
        SessionComparison comparison =
                SessionComparison.of(from, to, settings.tolerance, settings.showValues, settings.tempState);
        Retries retries = new Retries(settings.maxRetries, settings.retryDelay);
        sessionJudge = new SessionJudge(from, to, comparison, retries);
        scopeJudge = new SharedStateJudge(from, to, comparison, retries);
        repair = settings.repair ? Optional.of(Repair.of(settings)) : Optional.empty();
    }

    void run() {
        if (settings.named.isEmpty()) {
            compareAll();
        } else {
            compareNamed();
        }
        if (control.goesOn() && !findings.areSettled()) {
            judgeAgain();
        }
    }

    private void compareAll() {
        compareSharedState();
        if (control.goesOn()) {
            watcher.beginSource();
            scan(from)
                    .sessions(
                            log(Scan.SOURCE),
                            1,
                            (keys, place) -> compare(keys.get(0), place),
                            (record, place) -> addUnreadable(record, Scan.SOURCE, place));
        }
        if (control.goesOn()) {
            watcher.beginTarget();
            scan(to).sessions(
                            log(Scan.TARGET),
                            KEYS_LOOKED_FOR_AT_ONCE,
                            this::lookFor,
                            (record, place) -> addUnreadable(record, Scan.TARGET, place));
        }
    }

    private void compareNamed() {
        if (SharedStateJudge.isKeptBy(from)) {
            Set<SharedScope> scopes = settings.named.stream()
                    .flatMap(key -> Stream.of(key.appScope(), key.userScope()))
                    .collect(Collectors.toSet());
            scan(from).each(scopes, scope -> findings.scopes().examine(scope, scopes(scopeJudge::judge)));
        }
        if (control.goesOn()) {
            watcher.beginSource();
            scan(from).each(settings.named, this::compareNamed);
        }
    }

    private void compareNamed(SessionKey key) {
        Judgement judgement = findings.sessions()
                .examine(key, sessions(sessionJudge::judgeNamed))
                .judgement();
        if (judgement.isInTarget()) {
            findings.tally().addTarget();
        }
        watcher.sessionDone(false);
    }

    private void compareSharedState() {
        if (SharedStateJudge.isKeptBy(from)) {
            scan(from)
                    .sharedScopes(
                            log(Scan.SOURCE_SCOPES),
                            (scope, place) -> examine(scope, Scan.SOURCE_SCOPES, place, scopeJudge::judgeOfSource));
        }
        if (SharedStateJudge.isKeptBy(from) && SharedStateJudge.isKeptBy(to) && control.goesOn()) {
            scan(to).sharedScopes(
                            log(Scan.TARGET_SCOPES),
                            (scope, place) -> examine(scope, Scan.TARGET_SCOPES, place, scopeJudge::judgeOfTarget));
        }
    }

    private void examine(SharedScope scope, Scan scan, ScanPlace place, Function<SharedScope, Judgement> judge) {
        if (sample.includes(scope)) {
            Entry entry = findings.scopes().examine(scope, scopes(judge));
            note(lines -> lines.add(scope, scan, place, entry));
        }
    }

    private void compare(SessionKey key, ScanPlace place) {
        if (sample.includes(key)) {
            Entry entry = findings.sessions().examine(key, sessions(sessionJudge::judgeOfSource));
            note(lines -> lines.add(key, Scan.SOURCE, place, entry));
            watcher.sessionDone(false);
        }
    }

    private void lookFor(List<SessionKey> told, ScanPlace place) {
        List<SessionKey> keys = told.stream().filter(sample::includes).toList();
        if (keys.isEmpty()) {
            return;
        }
        Set<SessionKey> inSource = sessionJudge.findInSource(keys);
        for (SessionKey key : keys) {
            findings.tally().addTarget();
            Function<SessionKey, Judgement> judge =
                    inSource.contains(key) ? found -> Judgement.NONE : sessions(sessionJudge::judgeOfTarget);
            Entry entry = findings.sessions().examine(key, judge);
            note(lines -> lines.add(key, Scan.TARGET, place, entry));
            watcher.sessionDone(true);
        }
    }

    private void addUnreadable(UnreadableRecord unreadable, Scan scan, ScanPlace place) {
        findings.tally().addUnreadable(scan == Scan.SOURCE, unreadable);
        note(lines -> lines.add(unreadable, scan, place));
    }

    /** After a moment in which late second writes may come. */
    private void judgeAgain() {
        pause();
        findings.scopes()
                .examineAgain(
                        scan(from),
                        scopes(scopeJudge::judge),
                        (scope, entry) -> note(lines -> lines.add(scope, entry)));
        findings.sessions()
                .examineAgain(
                        scan(from),
                        sessions(settings.named.isEmpty() ? sessionJudge::judge : sessionJudge::judgeNamed),
                        (key, entry) -> note(lines -> lines.add(key, entry)));
    }

    private ScanLog log(Scan scan) {
        return journal.map(lines -> lines.scanLog(scan)).orElse(ScanLog.NONE);
    }

    private void note(Consumer<ValidationJournal> action) {
        try {
            journal.ifPresent(action);
        } catch (JournalException e) {
            control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
        }
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
