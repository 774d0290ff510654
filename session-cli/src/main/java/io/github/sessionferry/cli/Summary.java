package io.github.sessionferry.cli;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.migration.AnalysisCounts;
import io.github.sessionferry.migration.AnalysisReport;
import io.github.sessionferry.migration.BackupCounts;
import io.github.sessionferry.migration.BackupReport;
import io.github.sessionferry.migration.BackupVerification;
import io.github.sessionferry.migration.DifferingSession;
import io.github.sessionferry.migration.Distribution;
import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.Problem;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.RetirementCounts;
import io.github.sessionferry.migration.RetirementReport;
import io.github.sessionferry.migration.RunEnding;
import io.github.sessionferry.migration.RunSummary;
import io.github.sessionferry.migration.ValidationCounts;
import io.github.sessionferry.migration.ValidationReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report in a few lines for a terminal. Not thread-safe. */
final class Summary {

    private static final int EXAMPLES = 5;
    private static final int MOST_DAMAGES = 20;

    private final Console console;
    private final List<String> lines = new ArrayList<>();

    private Summary(Console console) {
        this.console = console;
    }

    static List<String> of(AnalysisReport report, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(report.succeeded(), analysisVerdict(report));
        summary.stopReason(report.run());
        summary.counts(report.counts());
        summary.sizes("events", report.eventsEach());
        summary.sizes("bytes as JSON", report.bytes());
        summary.kinds("of the kind ", report.kinds());
        summary.countIfAny(
                "shared keys of which copies disagree", report.sharedState().conflicts());
        summary.overruledCopies(report.sharedState().overruledCopies());
        report.target().ifPresent(summary::target);
        summary.passedOver(report.passedOver());
        summary.problems(report.problems());
        return summary.lines;
    }

    static List<String> of(MigrationReport report, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(report.succeeded(), migrationVerdict(report));
        summary.stopReason(report.run());
        summary.counts(report.counts(), report.dryRun());
        report.rollback().ifPresent(summary::rollback);
        summary.passedOver(report.passedOver());
        summary.overruledCopies(report.sharedState().overruledCopies());
        summary.quotas(report.quotas());
        summary.problems(report.problems());
        return summary.lines;
    }

    static List<String> of(ValidationReport report, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(report.passed(), validationVerdict(report));
        summary.stopReason(report.run());
        report.selfTest().ifPresent(test -> summary.lines.add("  Self-test: " + test.inWords()));
        summary.sample(report);
        summary.counts(report.counts());
        summary.examples(report);
        summary.problems(report.problems());
        return summary.lines;
    }

    static List<String> of(BackupReport report, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(report.succeeded(), backupVerdict(report));
        summary.stopReason(report.run());
        summary.counts(report.counts());
        summary.count("bytes" + (report.encrypted() ? ", encrypted" : ", not encrypted"), report.bytes());
        summary.problems(report.problems());
        if (report.run().ending() != RunEnding.COMPLETE) {
            summary.lines.add("This is no backup yet; go on with it: run the same again with --resume.");
        }
        return summary.lines;
    }

    static List<String> of(RetirementReport report, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(report.succeeded(), retirementVerdict(report));
        summary.stopReason(report.run());
        summary.counts(report.counts(), report.cutOff());
        summary.problems(report.problems());
        if (report.dryRun()) {
            summary.lines.add("Nothing was deleted; --delete does it.");
        }
        return summary.lines;
    }

    static List<String> of(BackupVerification verification, Console console) {
        Summary summary = new Summary(console);
        summary.verdict(
                verification.passed(),
                (verification.passed() ? "Whole: the backup" : "Damaged: the backup") + " of "
                        + Printable.line(verification.source()) + ", finished " + verification.ended());
        summary.counts(verification.read());
        verification.damages().stream()
                .limit(MOST_DAMAGES)
                .forEach(damage -> summary.lines.add(
                        "  " + Printable.line(damage.place()) + ": " + Printable.line(damage.reason())));
        if (verification.damageCount() > MOST_DAMAGES) {
            summary.count("damages in all; --json names more", verification.damageCount());
        }
        return summary.lines;
    }

    private static String analysisVerdict(AnalysisReport report) {
        String done = String.format(
                Locale.ROOT,
                "%,d sessions in %s",
                report.counts().sessions(),
                seconds(report.run().duration()));
        if (report.run().ending() != RunEnding.COMPLETE) {
            return ending(report.run()) + " after " + done;
        }
        return (report.succeeded() ? "Analyzed: " : "Not everything can be moved as it is: ") + done;
    }

    private static String retirementVerdict(RetirementReport report) {
        String done = String.format(
                Locale.ROOT,
                "%s: %,d sessions in %s",
                report.dryRun() ? "Would be deleted" : "Deleted",
                report.counts().deleted(),
                seconds(report.run().duration()));
        if (report.run().ending() != RunEnding.COMPLETE) {
            return ending(report.run()) + ". " + done;
        }
        return report.succeeded() ? done : done + ", not all that is old";
    }

    private static String backupVerdict(BackupReport report) {
        String done = String.format(
                Locale.ROOT,
                "%,d sessions in %s",
                report.counts().sessions(),
                seconds(report.run().duration()));
        if (report.run().ending() != RunEnding.COMPLETE) {
            return ending(report.run()) + " after " + done;
        }
        String finished = done + ", finished " + report.run().finished();
        return (report.succeeded() ? "Backed up: " : "Not everything could be read: ") + finished;
    }

    private static String migrationVerdict(MigrationReport report) {
        MigrationCounts counts = report.counts();
        String done = String.format(
                Locale.ROOT,
                "%,d sessions in %s (%,.0f a second)",
                counts.done(),
                seconds(report.run().duration()),
                report.sessionsPerSecond());
        if (report.run().ending() != RunEnding.COMPLETE) {
            return ending(report.run()) + " after " + done;
        }
        if (!report.succeeded()) {
            return "Not everything could be moved: " + done;
        }
        if (counts.migrated() == 0) {
            return "Nothing to do, the target holds what the source holds: " + done;
        }
        return (report.dryRun() ? "Would be migrated: " : "Migrated: ") + done;
    }

    private static String validationVerdict(ValidationReport report) {
        String took = seconds(report.run().duration());
        if (report.run().ending() != RunEnding.COMPLETE) {
            return ending(report.run()) + " after " + took + ": nothing is proven";
        }
        String verdict = switch (report.verdict()) {
            case EQUAL -> "Equal";
            case SAMPLE_EQUAL -> "No difference in the sample";
            case NAMED_EQUAL -> "Equal: the sessions named";
            case DIFFERENT -> "Different";
            case UNPROVEN -> "Not proven equal";
        };
        return verdict + ", compared in " + took;
    }

    private static String ending(RunSummary run) {
        return run.ending() == RunEnding.CANCELLED ? "Cancelled" : "Stopped";
    }

    private void verdict(boolean good, String verdict) {
        lines.add(console.styled(good ? "bold,green" : "bold,red", (good ? "✔ " : "✘ ") + verdict));
    }

    private void stopReason(RunSummary run) {
        run.stopReason().ifPresent(reason -> lines.add("  " + reason.code() + ": " + Printable.line(reason.message())));
    }

    private void counts(AnalysisCounts counts) {
        count("sessions", counts.sessions());
        countIfAny("of them of no user", counts.visitors());
        count("users" + (counts.usersExact() ? "" : ", about"), counts.users());
        count("applications", counts.apps());
        countIfAny("cannot be read, or would be refused", counts.skipped());
        countIfAny("failed", counts.failed());
    }

    private void sizes(String what, Distribution sizes) {
        lines.add(String.format(
                Locale.ROOT,
                "  %,12d  %s; a session has %,d at the median, %,d at the 95th percentile, %,d at most",
                sizes.total(),
                what,
                sizes.p50(),
                sizes.p95(),
                sizes.max()));
    }

    private void kinds(String what, Map<String, Long> numbers) {
        numbers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(kind -> count(what + Printable.id(kind.getKey()), kind.getValue()));
    }

    private void target(AnalysisReport.Target target) {
        countIfAny("are in the target already", target.present());
        countIfAny("would be refused by the target", target.refused());
        countIfAny(
                "would be kept under another id by the target",
                target.mappedIds().count());
        kinds("values would be encoded: ", target.encodings());
        lines.add("A migration takes about "
                + Progress.roughly(target.estimate().time()) + ", bound by "
                + target.estimate().boundBy() + ". With " + Math.round(100 * target.reserve())
                + " % of any quota left to live traffic, each bound alone:");
        target.bounds()
                .forEach(bound -> lines.add(
                        String.format(Locale.ROOT, "  %12s  %s", Progress.roughly(bound.time()), bound.boundBy())));
    }

    private void counts(MigrationCounts counts, boolean dryRun) {
        String would = dryRun ? "would be " : "";
        count(would + "created", counts.created());
        count(would + "updated", counts.updated());
        count("unchanged", counts.unchanged());
        countIfAny("newer in the target, left so", counts.targetAhead());
        countIfAny("deleted from the source meanwhile", counts.gone());
        count("skipped", counts.skipped());
        count("failed", counts.failed());
        count("events " + would + "written", counts.eventsAppended());
    }

    private void counts(RetirementCounts counts, Instant cutOff) {
        count("changed since " + cutOff + ", so they stay", counts.young());
        countIfAny("deleted by somebody else meanwhile", counts.gone());
        count("old and not proven to be in the target, so they stay", counts.unproven());
        countIfAny("unreadable in one of the stores, so they stay", counts.unreadable());
        countIfAny("failed", counts.failed());
    }

    private void counts(BackupCounts counts) {
        count("sessions", counts.sessions());
        count("events", counts.events());
        count("applications and users with shared state", counts.sharedScopes());
        count("could not be read when it was made, and are not in it", counts.unreadable());
    }

    private void sample(ValidationReport report) {
        report.sample()
                .ifPresent(sample -> lines.add("  Sample with seed " + sample.seed()
                        + (report.run().ending() == RunEnding.COMPLETE ? ": " + sample.inWords() : "")));
    }

    private void counts(ValidationCounts counts) {
        count("equal", counts.matched());
        count("different", counts.different());
        count("missing in the target", counts.missing());
        count("unexpected in the target", counts.unexpected());
        countIfAny("repaired, and equal since", counts.repaired());
        countIfAny("unreadable in the source", counts.unreadableInSource());
        countIfAny("unreadable in the target", counts.unreadableInTarget());
        countIfAny("could not be compared", counts.failed());
        count("users and applications with other shared state", counts.sharedDifferent());
        countIfAny("users and applications with shared state repaired", counts.sharedRepaired());
    }

    private void passedOver(PassedOver passedOver) {
        countIfAny("records passed over, for they are none of this source's", passedOver.count());
        passedOver.examples().stream()
                .limit(EXAMPLES)
                .forEach(other ->
                        lines.add("  " + Printable.line(other.location()) + ": " + Printable.line(other.reason())));
    }

    private void overruledCopies(OverruledCopies copies) {
        countIfAny("copies of shared keys with other values than the one that counts", copies.count());
    }

    private void countIfAny(String what, long number) {
        if (number > 0) {
            count(what, number);
        }
    }

    private void count(String what, long number) {
        lines.add(String.format(Locale.ROOT, "  %,12d  %s", number, what));
    }

    private void rollback(RolledBack rollback) {
        lines.add("Taken back, of the sessions that the run had created:");
        count("removed from the target", rollback.removed().count());
        count(
                "left, for they were changed since or hold more than the source",
                rollback.changed().count());
        count("could not be removed", rollback.failed().count());
        if (rollback.failed().count() > 0) {
            lines.add(
                    "With a --journal, run the same again with --resume to remove the rest; without one, delete them.");
        }
    }

    private void quotas(List<QuotaUse> quotas) {
        quotas.forEach(use -> lines.add(String.format(
                Locale.ROOT,
                "  %,12d  %s, %.0f %% of the %,.0f a minute allowed, %,d refused",
                use.made(),
                use.kind(),
                100 * use.shareUsed(),
                use.perMinute(),
                use.refused())));
    }

    private void problems(List<Problem> problems) {
        for (Problem problem : problems) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%s %s: %,d. %s",
                    problem.skipped() ? "Skipped" : "Failed",
                    problem.code(),
                    problem.count(),
                    problem.whatToDo()));
            problem.examples().stream()
                    .limit(EXAMPLES)
                    .forEach(example ->
                            lines.add("  " + example.key().map(Summary::name).orElse(Printable.id(example.place()))
                                    + ": " + Printable.line(example.message())));
        }
    }

    private void examples(ValidationReport report) {
        for (DifferingSession session :
                report.sessions().stream().limit(EXAMPLES).toList()) {
            lines.add(session.status().name().toLowerCase(Locale.ROOT) + ": " + name(session.key()));
            session.differences().stream()
                    .limit(EXAMPLES)
                    .forEach(difference -> lines.add("  " + Printable.id(difference.path()) + " "
                            + difference.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        }
    }

    private static String name(SessionKey key) {
        return "session " + Printable.id(key.sessionId()) + " of user " + Printable.id(key.userId()) + " in app "
                + Printable.id(key.appName());
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%,.1f s", duration.toMillis() / 1e3);
    }
}
