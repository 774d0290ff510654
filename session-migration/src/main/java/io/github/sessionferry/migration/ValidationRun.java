package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.codec.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Validator}. Thread-safe. */
final class ValidationRun {

    private static final Logger LOG = LoggerFactory.getLogger(Validator.class);

    private final Validator.Builder settings;
    private final RunControl control;
    private final String from;
    private final String to;
    private final Sample sample;
    private final Findings findings;
    private final Optional<ValidationJournal> journal;
    private final Instant started;
    private final Pace pace;

    ValidationRun(Validator.Builder settings, RunControl control) {
        this.settings = settings;
        this.control = control;
        from = settings.from.name();
        to = settings.to.name();
        findings = new Findings(settings.maxDifferences);
        journal = settings.journal().map(file -> ValidationJournal.open(file, settings, findings));
        sample = journal.map(ValidationJournal::sample).orElseGet(settings::sample);
        started = journal.map(ValidationJournal::started).orElseGet(settings.clock::instant);
        pace = new Pace(settings.clock.instant());
    }

    ValidationReport run() {
        try {
            return end(compare());
        } finally {
            journal.ifPresent(ValidationJournal::close);
        }
    }

    private Optional<SelfTestReport> compare() {
        LOG.info("event=validation_started from={} to={}", from, to);
        tell(listener -> listener.started(from, to));
        Optional<SelfTestReport> selfTest = settings.selfTest ? selfTest() : Optional.empty();
        if (control.goesOn()) {
            new StoreComparison(settings, sample, control, findings, journal, this::sessionDone).run();
        }
        return selfTest;
    }

    /** Stops the run if it fails; empty if the stores do not answer. */
    private Optional<SelfTestReport> selfTest() {
        try {
            SelfTestReport report = SelfTest.of(settings).run();
            LOG.info(
                    "event=self_test_ended planted={} found={} passed={}",
                    report.planted(),
                    report.found(),
                    report.passed());
            if (!report.passed()) {
                control.stop(Failure.SELF_TEST, report.inWords());
            }
            return Optional.of(report);
        } catch (SessionException e) {
            control.stop(e);
            return Optional.empty();
        }
    }

    private ValidationReport end(Optional<SelfTestReport> selfTest) {
        endJournal();
        RunSummary summary = new RunSummary(
                from,
                to,
                started,
                settings.clock.instant(),
                journal.map(ValidationJournal::attempts).orElse(1),
                idle(),
                control.ending(),
                control.stopReason());
        ValidationReport report = findings.tally()
                .report(new ValidationReport.Run(summary, settings.tolerance, sample, settings.repair, selfTest));
        ValidationCounts counts = report.counts();
        LOG.info(
                "event=validation_ended ending={} verdict={} matched={} different={} missing={} unexpected={} repaired={}"
                        + " unreadable={} failed={} shared_different={} seconds={}",
                summary.ending(),
                report.verdict(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected(),
                counts.repaired(),
                counts.unreadableInSource() + counts.unreadableInTarget(),
                counts.failed(),
                counts.sharedDifferent(),
                summary.duration().toSeconds());
        summary.stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=validation_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        tell(listener -> listener.finished(report));
        return report;
    }

    private void endJournal() {
        try {
            journal.ifPresent(lines -> lines.end(control.ending(), control.stopReason()));
        } catch (JournalException e) {
            control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
        }
    }

    private Duration idle() {
        return journal.map(ValidationJournal::idle).orElse(Duration.ZERO);
    }

    private void sessionDone() {
        tell(ValidationListener::sessionDone);
        Instant now = settings.clock.instant();
        if (!pace.isDue(now)) {
            return;
        }
        ValidationCounts counts = findings.tally().counts();
        Duration elapsed = Duration.between(started, now).minus(idle());
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
