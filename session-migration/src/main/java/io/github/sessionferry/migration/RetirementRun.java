package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.SessionRetirement.Outcome;
import io.github.sessionferry.migration.SessionRetirement.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Retirement}. Thread-safe. */
final class RetirementRun {

    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final int MOST_FAILURES_IN_A_ROW = 100;

    private final Retirement.Builder settings;
    private final RunControl control;
    private final Retries retries;
    private final SessionComparison comparison;
    private final Optional<JournalFile> journal;
    private final Instant started;
    private final Instant cutOff;
    private final Pace pace;
    private final RetirementTally tally = new RetirementTally();
    private final FailuresInARow failuresInARow = new FailuresInARow(MOST_FAILURES_IN_A_ROW);

    RetirementRun(Retirement.Builder settings, RunControl control) {
        this.settings = settings;
        this.control = control;
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        comparison = SessionComparison.between(settings.from, settings.to);
        journal = settings.journal().map(JournalFile::open);
        started = settings.clock.instant();
        cutOff = started.minus(settings.olderThan);
        pace = new Pace(started);
    }

    RetirementReport run() {
        try {
            journal.ifPresent(JournalFile::cutTornLine);
            LOG.info(
                    "event=retirement_started from={} to={} delete={} cut_off={}",
                    settings.from.name(),
                    settings.to.name(),
                    settings.delete,
                    cutOff);
            new StoreScan(
                            settings.from,
                            settings.concurrency,
                            settings.pageSize,
                            Retries.ofScan(settings.maxRetries, settings.retryDelay),
                            control)
                    .sessions(this::retire, this::keep);
            return end();
        } finally {
            journal.ifPresent(JournalFile::close);
        }
    }

    private void retire(SessionKey key) {
        Outcome outcome;
        try {
            outcome = retries.call(new SessionRetirement(settings, comparison, cutOff, key)::settle);
        } catch (RuntimeException e) {
            failed(key, e);
            return;
        }
        failuresInARow.succeeded();
        tally.add(key, outcome);
        outcome.reason().ifPresent(reason -> tellKept(key, reason));
        if (outcome.status() == Status.DELETED) {
            note(settings.delete ? "deleted" : "would_be_deleted", ReportJson.key(key), Optional.empty());
        } else {
            outcome.reason().ifPresent(reason -> note("kept", ReportJson.key(key), Optional.of(reason)));
        }
        showProgress();
    }

    private void failed(SessionKey key, RuntimeException exception) {
        Failure failure = Failure.of(exception);
        tally.addFailed(key, failure, MigrationRun.isInTheSession(exception));
        tellKept(key, failure);
        note("kept", ReportJson.key(key), Optional.of(failure));
        stopIfMakesNoSense(exception, failure);
        showProgress();
    }

    private void stopIfMakesNoSense(RuntimeException exception, Failure failure) {
        if (exception instanceof SessionException e && e.code().fatal()) {
            control.stop(e);
        } else if (!MigrationRun.isInTheSession(exception) && failuresInARow.failed()) {
            control.stop(
                    Failure.TOO_MANY_FAILURES,
                    MOST_FAILURES_IN_A_ROW + " failures in a row, the last one " + failure.code() + ": "
                            + failure.message());
        }
    }

    private void keep(UnreadableRecord unreadable) {
        Failure failure = new Failure(SessionErrorCode.CORRUPT.name(), unreadable.reason());
        tally.add(unreadable);
        LOG.warn(
                "event=record_kept record={} code={} reason={}",
                Json.write(unreadable.location()),
                failure.code(),
                Json.write(failure.message()));
        note("kept", Map.of("place", unreadable.location()), Optional.of(failure));
        showProgress();
    }

    private static void tellKept(SessionKey key, Failure reason) {
        LOG.warn(
                "event=session_kept session={} code={} reason={}",
                MigrationRun.log(key),
                reason.code(),
                Json.write(reason.message()));
    }

    private void note(String status, Map<String, Object> subject, Optional<Failure> reason) {
        journal.ifPresent(file -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("time", settings.clock.instant().toString());
            line.put("status", status);
            line.putAll(subject);
            reason.ifPresent(failure -> {
                line.put("code", failure.code());
                line.put("message", failure.message());
            });
            file.append(line);
        });
    }

    private void showProgress() {
        tell(RetirementListener::sessionDone);
        Instant now = settings.clock.instant();
        if (pace.isDue(now)) {
            RetirementCounts counts = tally.counts();
            Duration elapsed = now.isBefore(started) ? Duration.ZERO : Duration.between(started, now);
            LOG.info("event=retirement_progress done={} deleted={}", counts.done(), counts.deleted());
            tell(listener -> listener.progress(counts, elapsed));
        }
    }

    private void tell(Consumer<RetirementListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }

    private RetirementReport end() {
        journal.ifPresent(this::force);
        RunSummary run = new RunSummary(
                settings.from.name(),
                settings.to.name(),
                started,
                settings.clock.instant(),
                1,
                Duration.ZERO,
                control.ending(),
                control.stopReason());
        RetirementReport report =
                new RetirementReport(run, !settings.delete, settings.olderThan, tally.counts(), tally.problems());
        RetirementCounts counts = report.counts();
        LOG.info(
                "event=retirement_ended ending={} delete={} deleted={} young={} gone={} unproven={} unreadable={} failed={}",
                run.ending(),
                settings.delete,
                counts.deleted(),
                counts.young(),
                counts.gone(),
                counts.unproven(),
                counts.unreadable(),
                counts.failed());
        run.stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=retirement_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        return report;
    }

    private void force(JournalFile file) {
        try {
            file.force();
        } catch (JournalException e) {
            control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
        }
    }
}
