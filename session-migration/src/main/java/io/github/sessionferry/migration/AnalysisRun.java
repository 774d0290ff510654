package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.AnalysisReport.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link SessionAnalyzer}. Thread-safe. */
final class AnalysisRun {

    private static final Logger LOG = LoggerFactory.getLogger(SessionAnalyzer.class);
    private static final int MOST_FAILURES_IN_A_ROW = 100;

    private final SessionAnalyzer.Builder settings;
    private final RunControl control;
    private final SessionService from;
    private final Optional<SessionService> to;
    private final String targetName;
    private final Retries retries;
    private final AnalysisTally tally;
    private final FailuresInARow failuresInARow = new FailuresInARow(MOST_FAILURES_IN_A_ROW);
    private final Instant started;
    private final Pace pace;
    private OptionalLong total = OptionalLong.empty();

    AnalysisRun(SessionAnalyzer.Builder settings, RunControl control) {
        this.settings = settings;
        this.control = control;
        from = settings.from;
        to = settings.target();
        targetName = to.map(SessionService::name).orElse("");
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        tally = new AnalysisTally(SharedStateJudge.isKeptBy(from));
        started = settings.clock.instant();
        pace = new Pace(started);
    }

    AnalysisReport run() {
        LOG.info("event=analysis_started from={} to={}", from.name(), targetName);
        total = SessionEstimate.of(from);
        StoreScan scan = new StoreScan(
                from,
                settings.concurrency,
                settings.pageSize,
                Retries.ofScan(settings.maxRetries, settings.retryDelay),
                control);
        if (SharedStateJudge.isKeptBy(from)) {
            scan.sharedScopes(this::analyse);
        }
        if (control.goesOn()) {
            int together =
                    Math.max(from.batchSize(), to.map(SessionService::batchSize).orElse(1));
            scan.sessions(together, this::analyse, tally::add, tally::addPassedOver);
        }
        return end();
    }

    private void analyse(SharedScope scope) {
        try {
            tally.add(to.filter(SharedStateJudge::isKeptBy)
                    .map(target -> preview(scope, target))
                    .orElseGet(() ->
                            SharedReconcileResult.ofSource(scope, retries.call(() -> from.findSharedState(scope)))));
            to.filter(target -> !SharedStateJudge.isKeptBy(target)).ifPresent(target -> tally.addLost(scope));
        } catch (RuntimeException e) {
            failed(Problem.Example.at("shared state of " + scope, Failure.of(e).message()), e);
        }
    }

    private SharedReconcileResult preview(SharedScope scope, SessionService target) {
        return Reconciler.builder(from, target)
                .maxRetries(settings.maxRetries)
                .retryDelay(settings.retryDelay)
                .build()
                .preview(scope);
    }

    private void analyse(List<SessionKey> keys) {
        Instant begun = settings.clock.instant();
        Map<SessionKey, Session> sessions = read(keys);
        Instant read = settings.clock.instant();
        Set<SessionKey> present;
        try {
            present = lookUp(sessions.keySet());
        } catch (RuntimeException e) {
            sessions.keySet().forEach(key -> failed(key, e));
            return;
        }
        tally.addTimes(Duration.between(begun, read), Duration.between(read, settings.clock.instant()));
        sessions.forEach((key, session) -> analyse(session, present.contains(key)));
    }

    /** Reads sessions with one call, or, if it fails, each on its own; those that are gone or fail are left out. */
    private Map<SessionKey, Session> read(List<SessionKey> keys) {
        if (keys.size() > 1) {
            try {
                return from.findAll(keys, EventSelection.all());
            } catch (RuntimeException e) {
                // What could not be read is read again for each session, and fails there if it must.
            }
        }
        Map<SessionKey, Session> found = new LinkedHashMap<>();
        for (SessionKey key : keys) {
            if (control.goesOn()) {
                try {
                    retries.call(() -> from.find(key, EventSelection.all()))
                            .ifPresent(session -> found.put(key, session));
                } catch (RuntimeException e) {
                    failed(key, e);
                }
            }
        }
        return found;
    }

    /** The sessions that the target has. */
    private Set<SessionKey> lookUp(Set<SessionKey> keys) {
        if (to.isEmpty() || keys.isEmpty()) {
            return Set.of();
        }
        return retries.call(() -> to.get().findAll(keys, EventSelection.none())).keySet();
    }

    private void analyse(Session session, boolean isInTarget) {
        try {
            tally.add(session, settings.classifier.kindOf(session));
            if (isInTarget) {
                tally.addPresent();
            } else {
                to.ifPresent(target -> rehearse(session, target));
            }
            failuresInARow.succeeded();
        } catch (RuntimeException e) {
            failed(session.key(), e);
        }
        showProgress();
    }

    private void rehearse(Session session, SessionService target) {
        try {
            tally.add(session.key(), target.rehearse(TempState.DROP.apply(session)));
        } catch (SessionException e) {
            if (!MigrationRun.isInTheSession(e)) {
                throw e;
            }
            tally.addRefused(session.key(), Failure.of(e));
        }
    }

    private void failed(SessionKey key, RuntimeException exception) {
        failed(Problem.Example.of(key, Failure.of(exception).message()), exception);
        showProgress();
    }

    private void failed(Problem.Example example, RuntimeException exception) {
        Failure failure = Failure.of(exception);
        boolean inTheSession = MigrationRun.isInTheSession(exception);
        tally.addFailed(example, failure, inTheSession);
        LOG.warn("event=analysis_failed code={} reason={}", failure.code(), Json.write(failure.message()));
        if (exception instanceof SessionException e && e.code().fatal()) {
            control.stop(e);
        } else if (!inTheSession && failuresInARow.failed()) {
            control.stop(
                    Failure.TOO_MANY_FAILURES,
                    MOST_FAILURES_IN_A_ROW + " failures in a row, the last one " + failure.code() + ": "
                            + failure.message());
        }
    }

    private void showProgress() {
        tell(AnalysisListener::sessionDone);
        Instant now = settings.clock.instant();
        if (pace.isDue(now)) {
            long done = tally.done();
            LOG.info(
                    "event=analysis_progress done={} total={}",
                    done,
                    total.isPresent() ? total.getAsLong() : "unknown");
            tell(listener -> listener.progress(done, total, Duration.between(started, now)));
        }
    }

    private void tell(Consumer<AnalysisListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }

    private AnalysisReport end() {
        to.filter(target -> !target.capabilities().contains(Capability.EVENTS))
                .ifPresent(target -> tally.addLostEvents());
        RunSummary run = new RunSummary(
                from.name(),
                targetName,
                started,
                settings.clock.instant(),
                1,
                Duration.ZERO,
                control.ending(),
                control.stopReason());
        Optional<Target> target = to.map(store -> tally.target(settings, from.quotas(), store.quotas()));
        AnalysisReport report = tally.report(run, target);
        AnalysisCounts counts = report.counts();
        LOG.info(
                "event=analysis_ended ending={} sessions={} events={} skipped={} failed={}",
                run.ending(),
                counts.sessions(),
                counts.events(),
                counts.skipped(),
                counts.failed());
        run.stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=analysis_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        return report;
    }
}
