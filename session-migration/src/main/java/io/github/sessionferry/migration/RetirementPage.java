package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Page.count;
import static io.github.sessionferry.migration.Page.number;

import java.util.ArrayList;
import java.util.List;

/** A {@link RetirementReport} as a page. Thread-safe: a static method only. */
final class RetirementPage {

    private RetirementPage() {}

    static String write(RetirementReport report, Page page) {
        RetirementCounts counts = report.counts();
        page.title("Retirement: " + verdict(report));
        ReportPages.run(page, report.run());
        page.paragraph("Old is what last changed before " + Page.time(report.cutOff()) + ".");
        page.table("", " Sessions");
        page.row(page.bold(deleted(report)), page.bold(number(counts.deleted())));
        page.row("not old, so they stay", number(counts.young()));
        page.row("deleted by somebody else meanwhile", number(counts.gone()));
        page.row("old and not proven to be in the target, so they stay", number(counts.unproven()));
        page.row("unreadable in one of the stores, so they stay", number(counts.unreadable()));
        page.row("failed, so they stay", number(counts.failed()));
        page.section("What to do next").list(nextSteps(report, page));
        ReportPages.problems(page, report.problems());
        return page.text();
    }

    private static String verdict(RetirementReport report) {
        String done = count(report.counts().deleted(), "session ", "sessions ") + deleted(report);
        return switch (report.run().ending()) {
            case STOPPED -> "stopped, " + done;
            case CANCELLED -> "cancelled, " + done;
            case COMPLETE -> report.succeeded() ? done : done + ", not all that is old";
        };
    }

    private static String deleted(RetirementReport report) {
        return report.dryRun() ? "would be deleted" : "deleted";
    }

    private static List<String> nextSteps(RetirementReport report, Page page) {
        List<String> steps = new ArrayList<>();
        report.run().stopReason().ifPresent(reason -> steps.add(page.bold(Advice.on(reason.code()))));
        if (report.run().ending() != RunEnding.COMPLETE) {
            steps.add("Run again: what is gone is gone, and the rest is looked at anew.");
        }
        for (Problem problem : report.problems()) {
            steps.add(page.code(problem.code()) + " (" + number(problem.count()) + "): " + problem.whatToDo());
        }
        if (report.dryRun() && report.counts().deleted() > 0) {
            steps.add("Nothing was deleted. Make a backup of the source, then run again with --delete.");
        }
        if (steps.isEmpty()) {
            steps.add("Nothing: all that is old is gone from the source.");
        }
        return steps;
    }
}
