package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.Judgement.Outcome;
import io.github.sessionferry.migration.SessionJudge.UnreadableSessionException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Validator}. Thread-safe. */
final class ValidationRun {

    private static final Logger LOG = LoggerFactory.getLogger(Validator.class);
    private static final int KEYS_LOOKED_FOR_AT_ONCE = 20;

    private final Validator.Builder settings;
    private final RunControl control;
    private final SessionService from;
    private final SessionService to;
    private final Sample sample;
    private final SessionJudge sessionJudge;
    private final SharedStateJudge scopeJudge;
    private final ValidationTally tally;
    private final Examination<SessionKey> sessions;
    private final Examination<SharedScope> scopes;
    private final Instant started;
    private final Pace pace;

    ValidationRun(Validator.Builder settings, RunControl control) {
        this.settings = settings;
        this.control = control;
        from = settings.from;
        to = settings.to;
        sample = settings.sample();
        SessionComparison comparison = SessionComparison.of(from, to, settings.tolerance, settings.showValues);
        Retries retries = new Retries(settings.maxRetries, settings.retryDelay);
        sessionJudge = new SessionJudge(from, to, comparison, retries);
        scopeJudge = new SharedStateJudge(from, to, comparison, retries);
        tally = new ValidationTally(settings.maxDifferences);
        sessions = new Examination<>(tally.ofSessions());
        scopes = new Examination<>(tally.ofSharedState());
        started = settings.clock.instant();
        pace = new Pace(started);
    }

    ValidationReport run() {
        LOG.info("event=validation_started from={} to={}", from.name(), to.name());
        tell(listener -> listener.started(from.name(), to.name()));
        compareSharedState();
        if (control.goesOn()) {
            compareSessionsOfSource();
        }
        if (control.goesOn()) {
            lookForSessionsOfTarget();
        }
        if (control.goesOn()) {
            judgeAgain();
        }
        return end();
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
            scopes.examine(scope, guarded(judge));
        }
    }

    private void compareSessionsOfSource() {
        scan(from).sessions(this::compare, unreadable -> tally.addUnreadable(true, unreadable));
    }

    private void compare(SessionKey key) {
        if (sample.includes(key)) {
            sessions.examine(key, guarded(sessionJudge::judgeOfSource));
            sessionDone();
        }
    }

    private void lookForSessionsOfTarget() {
        scan(to).sessions(KEYS_LOOKED_FOR_AT_ONCE, this::lookFor, unreadable -> tally.addUnreadable(false, unreadable));
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
                sessions.examine(key, guarded(sessionJudge::judgeOfTarget));
            }
            sessionDone();
        }
    }

    /** The last look at what was not fine, after a moment in which late second writes may come. */
    private void judgeAgain() {
        if (scopes.isSettled() && sessions.isSettled()) {
            return;
        }
        pause();
        scopes.examineAgain(scan(from), guarded(scopeJudge::judge));
        sessions.examineAgain(scan(from), guarded(sessionJudge::judge));
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

    private ValidationReport end() {
        ValidationReport report = tally.report(
                new RunSummary(
                        from.name(),
                        to.name(),
                        started,
                        settings.clock.instant(),
                        1,
                        Duration.ZERO,
                        control.ending(),
                        control.stopReason()),
                settings.tolerance,
                sample);
        ValidationCounts counts = report.counts();
        LOG.info(
                "event=validation_ended ending={} verdict={} matched={} different={} missing={} unexpected={}"
                        + " unreadable={} failed={} shared_different={} seconds={}",
                report.run().ending(),
                report.verdict(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected(),
                counts.unreadableInSource() + counts.unreadableInTarget(),
                counts.failed(),
                counts.sharedDifferent(),
                report.run().duration().toSeconds());
        report.run()
                .stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=validation_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        tell(listener -> listener.finished(report));
        return report;
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

    private void sessionDone() {
        tell(ValidationListener::sessionDone);
        Instant now = settings.clock.instant();
        if (!pace.isDue(now)) {
            return;
        }
        ValidationCounts counts = tally.counts();
        Duration elapsed = Duration.between(started, now);
        LOG.info(
                "event=validation_progress source={} target={} matched={} different={} missing={} unexpected={}",
                counts.source(),
                counts.target(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected());
        tell(listener -> listener.progress(counts, elapsed));
    }

    private void tell(Consumer<ValidationListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }
}
