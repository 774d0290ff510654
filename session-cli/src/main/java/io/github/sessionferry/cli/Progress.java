package io.github.sessionferry.cli;

import io.github.sessionferry.migration.AnalysisListener;
import io.github.sessionferry.migration.BackupCounts;
import io.github.sessionferry.migration.BackupListener;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.RemainingTime;
import io.github.sessionferry.migration.RetirementCounts;
import io.github.sessionferry.migration.RetirementListener;
import io.github.sessionferry.migration.SessionOutcome;
import io.github.sessionferry.migration.ValidationListener;
import io.github.sessionferry.migration.ValidationProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how a run gets on: a bar on a terminal, elsewhere a line each thousand sessions or few seconds. Thread-safe. */
final class Progress
        implements AnalysisListener,
                MigrationListener,
                ValidationListener,
                BackupListener,
                RetirementListener,
                AutoCloseable {

    /** Set by ./session if stderr is a terminal; the JVM cannot tell. */
    private static final String TERMINAL = "session.terminal";

    private final String task;
    private final PrintWriter lines;
    private final Optional<ProgressBar> bar;

    private Progress(String task, PrintWriter lines, Optional<ProgressBar> bar) {
        this.task = task;
        this.lines = lines;
        this.bar = bar;
    }

    /** Begins to show a task. */
    static Progress of(String task, PrintWriter err) {
        return new Progress(task, err, Boolean.getBoolean(TERMINAL) ? Optional.of(bar(task)) : Optional.empty());
    }

    private static ProgressBar bar(String task) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" sessions", 1)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                .setUpdateIntervalMillis(200)
                .showSpeed()
                .clearDisplayOnFinish()
                .setInitialMax(-1)
                .build();
    }

    @Override
    public void sessionDone(SessionOutcome outcome) {
        sessionDone();
    }

    @Override
    public void sessionDone() {
        bar.ifPresent(ProgressBar::step);
    }

    @Override
    public void progress(long sessions, OptionalLong total, Duration elapsed) {
        show(total, Optional.empty());
        line(sessions, elapsed, total.isPresent() ? "of about " + total.getAsLong() : "looked at");
    }

    @Override
    public void progress(MigrationProgress progress) {
        show(progress.total(), progress.remaining());
        line(
                progress.counts().done(),
                progress.elapsed(),
                progress.counts().failed() + " failed, " + progress.counts().skipped() + " skipped"
                        + progress.remaining().map(Progress::left).orElse(""));
    }

    @Override
    public void progress(ValidationProgress progress) {
        show(progress.total(), progress.remaining());
        line(
                progress.done(),
                progress.elapsed(),
                progress.counts().different() + " different, "
                        + progress.counts().missing() + " missing"
                        + progress.remaining().map(Progress::left).orElse(""));
    }

    @Override
    public void progress(BackupCounts counts, Duration elapsed) {
        line(counts.sessions(), elapsed, counts.unreadable() + " unreadable");
    }

    @Override
    public void progress(RetirementCounts counts, Duration elapsed) {
        line(counts.done(), elapsed, counts.unproven() + " unproven, " + counts.failed() + " failed");
    }

    private void show(OptionalLong total, Optional<RemainingTime> remaining) {
        bar.ifPresent(shown -> {
            total.ifPresent(shown::maxHint);
            shown.setExtraMessage(remaining.map(Progress::left).orElse(""));
        });
    }

    private static String left(RemainingTime remaining) {
        return ", about " + roughly(remaining.time()) + " left, bound by " + remaining.boundBy();
    }

    static String roughly(Duration time) {
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            return time.toMinutes() + " min";
        }
        return time.compareTo(Duration.ofDays(1)) < 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toDays() + " d " + time.toHoursPart() + " h";
    }

    private void line(long done, Duration elapsed, String more) {
        if (bar.isEmpty()) {
            lines.println(String.format(
                    Locale.ROOT, "%s: %,d sessions after %.1f s, %s", task, done, elapsed.toMillis() / 1e3, more));
        }
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
