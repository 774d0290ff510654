package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Page.count;
import static io.github.sessionferry.migration.Page.number;

import io.github.sessionferry.migration.AnalysisReport.SharedState;
import io.github.sessionferry.migration.AnalysisReport.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** An {@link AnalysisReport} as a page. Not thread-safe. */
final class AnalysisPage {

    private final AnalysisReport report;
    private final AnalysisCounts counts;
    private final Page page;

    private AnalysisPage(AnalysisReport report, Page page) {
        this.report = report;
        this.page = page;
        counts = report.counts();
    }

    static String write(AnalysisReport report, Page page) {
        return new AnalysisPage(report, page).write();
    }

    private String write() {
        page.title("Analysis: " + verdict());
        ReportPages.run(page, report.run());
        writeCounts();
        page.section("What to do next").list(nextSteps());
        writeSizes();
        writeKinds();
        report.target().ifPresent(this::writeTarget);
        writeConflicts(report.sharedState());
        ReportPages.overruledCopies(page, report.sharedState().overruledCopies());
        ReportPages.problems(page, report.problems());
        ReportPages.passedOver(page, report.passedOver());
        return page.text();
    }

    private String verdict() {
        String sessions = count(counts.sessions(), "session", "sessions");
        return switch (report.run().ending()) {
            case STOPPED -> "stopped after " + sessions;
            case CANCELLED -> "cancelled after " + sessions;
            case COMPLETE ->
                report.target()
                        .map(target -> sessions + ", about "
                                + Page.duration(target.estimate().time()) + " to move them")
                        .orElse(sessions);
        };
    }

    private void writeCounts() {
        page.table("", " Number");
        page.row(page.bold("sessions"), page.bold(number(counts.sessions())));
        page.row("of them of no user", number(counts.visitors()));
        page.row("users", (counts.usersExact() ? "" : "about ") + number(counts.users()));
        page.row("applications", number(counts.apps()));
        page.row("events", number(counts.events()));
        page.row("unreadable, or refused by the target", number(counts.skipped()));
        page.row("could not be looked at", number(counts.failed()));
    }

    private List<String> nextSteps() {
        List<String> steps = new ArrayList<>();
        report.run().stopReason().ifPresent(reason -> steps.add(page.bold(Advice.on(reason.code()))));
        for (Problem problem : report.problems()) {
            steps.add(page.code(problem.code()) + " (" + number(problem.count()) + "): " + problem.whatToDo());
        }
        if (report.sharedState().conflicts() > 0) {
            steps.add("Shared state of which copies disagree arrives with one value: decide which one is right.");
        }
        if (report.target().isEmpty()) {
            steps.add("Name the target, to learn what it would refuse and how long a migration takes.");
        } else if (report.succeeded()) {
            steps.add("Nothing stands against a migration: make a dry run.");
        }
        return steps;
    }

    private void writeSizes() {
        page.section("Sizes of a session");
        page.table("", " Half up to", " 95 % up to", " Largest", " Together");
        writeSizes("bytes, as JSON", report.bytes());
        writeSizes("events", report.eventsEach());
    }

    private void writeSizes(String what, Distribution sizes) {
        page.row(what, number(sizes.p50()), number(sizes.p95()), number(sizes.max()), number(sizes.total()));
    }

    private void writeKinds() {
        page.section("Kinds");
        page.table("Kind", " Sessions");
        mostFirst(report.kinds()).forEach(kind -> page.row(page.code(kind.getKey()), number(kind.getValue())));
    }

    private void writeTarget(Target target) {
        page.section("In the target");
        page.table("", " Number");
        page.row("sessions that it has already", number(target.present()));
        page.row("sessions that it would refuse", number(target.refused()));
        page.row(
                "sessions that it would keep under another id",
                number(target.mappedIds().count()));
        mostFirst(target.encodings())
                .forEach(kind -> page.row("values encoded: " + page.code(kind.getKey()), number(kind.getValue())));
        page.section("Time");
        page.paragraph("About " + page.bold(Page.duration(target.estimate().time())) + ", bound by "
                + target.estimate().boundBy() + ", with " + Math.round(100 * target.reserve())
                + " % of the quotas left to live traffic.");
        page.table("Bound", " Alone");
        target.bounds().forEach(bound -> page.row(bound.boundBy(), Page.duration(bound.time())));
    }

    private static List<Map.Entry<String, Long>> mostFirst(Map<String, Long> numbers) {
        return numbers.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }

    private void writeConflicts(SharedState shared) {
        if (shared.conflicts() == 0) {
            return;
        }
        page.section("Shared state of which copies disagree");
        page.table("Whose", "Key");
        shared.conflictExamples().forEach(key -> page.row(page.scope(key.scope()), page.code(key.key())));
        ReportPages.more(page, shared.conflicts(), shared.conflictExamples().size());
    }
}
