package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Page.count;
import static io.github.sessionferry.migration.Page.number;

import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.MigrationReport.SharedState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A {@link MigrationReport} as a page. Not thread-safe. */
final class MigrationPage {

    private final MigrationReport report;
    private final MigrationCounts counts;
    private final Page page;

    private MigrationPage(MigrationReport report, Page page) {
        this.page = page;
        this.report = report;
        this.counts = report.counts();
    }

    static String write(MigrationReport report, Page page) {
        return new MigrationPage(report, page).write();
    }

    private String write() {
        page.title((report.dryRun() ? "Dry run: " : "Migration: ") + verdict());
        ReportPages.run(page, report.run());
        writeCounts();
        if (report.tempKeysDropped() > 0) {
            page.paragraph(count(report.tempKeysDropped(), "temporary key", "temporary keys") + " of events dropped ("
                    + page.code("temp:") + ").");
        }
        page.section("What to do next").list(nextSteps());
        report.rollback().ifPresent(this::writeRollback);
        ReportPages.problems(page, report.problems());
        ReportPages.passedOver(page, report.passedOver());
        SpeedPage.write(page, report.speed(), report.run().duration());
        writeQuotas();
        writeSharedState();
        ReportPages.overruledCopies(page, report.sharedState().overruledCopies());
        writeEncodings();
        writeSynthesisedIds();
        writeMappedIds();
        return page.text();
    }

    private String verdict() {
        long left = counts.skipped() + counts.failed();
        return switch (report.run().ending()) {
            case STOPPED -> "stopped after " + count(counts.done(), "session", "sessions");
            case CANCELLED -> "cancelled after " + count(counts.done(), "session", "sessions");
            case COMPLETE ->
                left > 0
                        ? count(left, "session", "sessions") + " of " + number(counts.done()) + " could not be moved"
                        : successVerdict();
        };
    }

    private String successVerdict() {
        if (report.sharedState().failed() > 0) {
            return "all sessions moved, but not all of the shared state";
        }
        if (counts.done() == 0) {
            return "the source holds no sessions";
        }
        if (counts.migrated() == 0) {
            return "nothing to do, the target already holds what the source holds";
        }
        return report.dryRun()
                ? count(counts.migrated(), "session", "sessions") + " would be moved"
                : "all " + count(counts.done(), "session is", "sessions are") + " in the target";
    }

    private void writeCounts() {
        String would = report.dryRun() ? "would be " : "";
        page.table("", " Sessions");
        page.row(page.bold(would + "migrated"), page.bold(number(counts.migrated())));
        page.row("· created", number(counts.created()));
        page.row("· updated", number(counts.updated()));
        page.row("unchanged: the target already held them", number(counts.unchanged()));
        rowUnlessZero("newer in the target, left so", counts.targetAhead());
        rowUnlessZero("deleted from the source meanwhile", counts.gone());
        page.row("skipped: cannot be moved as they are", number(counts.skipped()));
        page.row("failed", number(counts.failed()));
        String events = report.dryRun() ? " would be written" : " written";
        page.paragraph(count(counts.eventsAppended(), "event", "events") + events + ", at "
                + Page.rate(report.sessionsPerSecond()) + " sessions per second; "
                + count(counts.retries(), "retry", "retries") + ".");
    }

    private void rowUnlessZero(String what, long number) {
        if (number > 0) {
            page.row(what, number(number));
        }
    }

    private List<String> nextSteps() {
        List<String> steps = new ArrayList<>();
        report.run()
                .stopReason()
                .ifPresent(reason -> steps.add(page.bold(Advice.on(reason.code())) + " " + afterStop()));
        if (report.run().ending() == RunEnding.CANCELLED) {
            steps.add("Resume it by its journal, or run again: what is there already is found and left alone.");
        }
        for (Problem problem : report.problems()) {
            steps.add(page.code(problem.code()) + " (" + number(problem.count()) + "): " + problem.whatToDo());
        }
        if (report.sharedState().conflicts() > 0) {
            steps.add("Look at the shared state that differs, below, and decide which value is right.");
        }
        if (report.dryRun() && report.run().ending() == RunEnding.COMPLETE) {
            steps.add("Run without the dry run to move them.");
        } else if (report.succeeded()) {
            steps.add("Validate: compare both stores, session by session.");
        } else if (report.run().ending() == RunEnding.COMPLETE) {
            steps.add("Then run again: what is in the target already is found and left alone. Validate when nothing is"
                    + " skipped or failed any more.");
        }
        return steps;
    }

    private String afterStop() {
        return report.rollback()
                .map(rollback -> rollback.failed().count() == 0
                        ? "What this run had created was taken back, see below. Begin a new run, with another journal."
                        : "Not all that this run had created could be taken back, see below. If it has a journal, resume it to"
                                + " try that again; if not, delete what is left.")
                .orElse("What was moved so far stays moved: resume the run by its journal, or run again.");
    }

    private void writeRollback(RolledBack rollback) {
        page.section("Taken back");
        page.paragraph("Sessions that this run had created in the target. Sessions that were there before, and shared"
                + " state, are not taken back.");
        page.table("", " Sessions", "Such as");
        rollbackRow("removed from the target", rollback.removed());
        rollbackRow("left: changed since, or with more than the source has", rollback.changed());
        rollbackRow("could not be removed", rollback.failed());
    }

    private void rollbackRow(String what, RolledBack.Group group) {
        String example = group.examples().stream().map(page::key).findFirst().orElse("");
        page.row(what, number(group.count()), example);
    }

    private void writeQuotas() {
        if (report.quotas().isEmpty()) {
            return;
        }
        page.section("Quota");
        page.paragraph(
                "The run kept to these, a reserve for live traffic already taken off. Where nearly all was used, a"
                        + " higher quota makes it faster.");
        page.table("Store", "Calls", " Allowed a minute", " Made", " Used", " Refused");
        report.quotas()
                .forEach(use -> page.row(
                        page.code(use.store()),
                        page.code(use.kind()),
                        number(Math.round(use.perMinute())),
                        number(use.made()),
                        Math.round(100 * use.shareUsed()) + " %",
                        number(use.refused())));
    }

    private void writeSharedState() {
        SharedState shared = report.sharedState();
        if (shared.scopes() == 0) {
            return;
        }
        page.section("State shared by applications and users");
        page.paragraph(count(shared.scopes(), "application or user", "applications and users") + ": "
                + count(shared.written(), "value", "values") + (report.dryRun() ? " would be written, " : " written, ")
                + number(shared.unchanged()) + " already there, "
                + number(shared.conflicts()) + " left as the target has them though they differ.");
        if (!shared.conflictExamples().isEmpty()) {
            page.table("Whose", "Key left as the target has it");
            shared.conflictExamples()
                    .forEach(key -> page.row(
                            page.scope(key.scope()),
                            page.code(key.scope().stateScope().prefix() + key.key())));
            ReportPages.more(page, shared.conflicts(), shared.conflictExamples().size());
        }
    }

    private void writeEncodings() {
        if (report.encodings().isEmpty()) {
            return;
        }
        page.section("Values in an encoded form");
        page.paragraph("The target has no type for these values. They are kept in an encoded form and come back equal;"
                + " other readers of the target see the encoding.");
        page.table("Kind", " Values");
        new TreeMap<>(report.encodings()).forEach((kind, number) -> page.row(page.code(kind), number(number)));
    }

    private void writeSynthesisedIds() {
        if (report.synthesisedIds().isEmpty()) {
            return;
        }
        page.section("Ids that the source does not keep");
        page.paragraph("The target has these ids from what the source keeps. Another run gives the same.");
        page.table("Of", " Ids");
        new TreeMap<>(report.synthesisedIds()).forEach((kind, number) -> page.row(page.code(kind), number(number)));
    }

    private void writeMappedIds() {
        MappedIds mapped = report.mappedIds();
        if (mapped.count() == 0) {
            return;
        }
        page.section("Sessions under another id");
        page.paragraph("The target cannot keep " + count(mapped.count(), "id", "ids")
                + " as they are. The sessions are still found by their own id.");
        page.table("Session", "Id in the target");
        mapped.examples().forEach((key, storedId) -> page.row(page.key(key), page.code(storedId)));
        ReportPages.more(page, mapped.count(), mapped.examples().size());
    }
}
