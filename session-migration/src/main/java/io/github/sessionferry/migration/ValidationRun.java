package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Validator}. Thread-safe. */
final class ValidationRun implements StoreComparison.Watcher {

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
    private OptionalLong sourceTotal = OptionalLong.empty();
    private OptionalLong targetTotal = OptionalLong.empty();
    private volatile @Nullable ValidationPass pass;

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
            sourceTotal = settings.named.isEmpty() ? toLookAt(settings.from) : OptionalLong.of(settings.named.size());
            targetTotal = settings.named.isEmpty() ? toLookAt(settings.to) : OptionalLong.of(0);
            new StoreComparison(settings, sample, control, findings, journal, this).run();
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
                .report(new ValidationReport.Run(
                        summary, settings.tolerance, sample, settings.named.size(), settings.repair, selfTest));
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

    /** About how many of a store's sessions the run looks at. */
    private OptionalLong toLookAt(SessionService store) {
        OptionalLong all = SessionEstimate.of(store);
        return all.isPresent() ? OptionalLong.of(Math.round(all.getAsLong() * sample.share())) : all;
    }

    @Override
    public void beginSource() {
        begin(sourceTotal, findings.tally().counts().source());
    }

    /** A target that cannot count is taken to have as many as the source. */
    @Override
    public void beginTarget() {
        begin(
                targetTotal.isPresent()
                        ? targetTotal
                        : OptionalLong.of(findings.tally().counts().source()),
                findings.tally().counts().target());
    }

    private void begin(OptionalLong total, long done) {
        OptionalLong left = total.isPresent() ? OptionalLong.of(total.getAsLong() - done) : total;
        pass = new ValidationPass(left, done, settings.clock.instant(), quotas());
    }

    private List<CallQuota> quotas() {
        return Stream.of(settings.from, settings.to)
                .flatMap(store -> store.quotas().stream())
                .toList();
    }

    @Override
    public void sessionDone(boolean inTarget) {
        tell(ValidationListener::sessionDone);
        Instant now = settings.clock.instant();
        if (!pace.isDue(now)) {
            return;
        }
        ValidationCounts counts = findings.tally().counts();
        ValidationPass current = requireNonNull(pass, "a pass has begun");
        ValidationProgress progress = new ValidationProgress(
                counts,
                Duration.between(started, now).minus(idle()),
                total(),
                current.remaining(inTarget ? counts.target() : counts.source(), now, quotas()));
        LOG.info(
                "event=validation_progress source={} target={} matched={} different={} missing={} unexpected={} total={}"
                        + " remaining_seconds={} bound_by={}",
                counts.source(),
                counts.target(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected(),
                progress.total().isPresent() ? progress.total().getAsLong() : "unknown",
                progress.remaining()
                        .map(remaining -> String.valueOf(remaining.time().toSeconds()))
                        .orElse("unknown"),
                Json.write(progress.remaining().map(RemainingTime::boundBy).orElse("")));
        tell(listener -> listener.progress(progress));
    }

    /** Of both stores; one that cannot count is taken to have as many as the other. */
    private OptionalLong total() {
        if (sourceTotal.isEmpty() && targetTotal.isEmpty()) {
            return OptionalLong.empty();
        }
        long source = sourceTotal.orElseGet(targetTotal::getAsLong);
        return OptionalLong.of(source + targetTotal.orElse(source));
    }

    private void tell(Consumer<ValidationListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }
}
