package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Page.count;
import static io.github.sessionferry.migration.Page.number;

import io.github.sessionferry.migration.SelfTestReport.Place;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import java.util.ArrayList;
import java.util.List;

/** A {@link ValidationReport} as a page. Not thread-safe. */
final class ValidationPage {

    private static final int MOST_SESSIONS = 100;
    private static final int MOST_DIFFERENCES = 20;

    private final ValidationReport report;
    private final ValidationCounts counts;
    private final Page page;

    private ValidationPage(ValidationReport report, Page page) {
        this.page = page;
        this.report = report;
        this.counts = report.counts();
    }

    static String write(ValidationReport report, Page page) {
        return new ValidationPage(report, page).write();
    }

    private String write() {
        page.title("Validation: " + verdict());
        ReportPages.run(page, report.run());
        report.sample().ifPresent(this::writeSample);
        writeCounts();
        page.section("What to do next").list(nextSteps());
        writeScopes();
        writeSessions();
        ReportPages.problems(page, report.problems());
        report.selfTest().ifPresent(this::writeSelfTest);
        return page.text();
    }

    private String verdict() {
        return switch (report.run().ending()) {
            case STOPPED -> "stopped, " + provenSoFar();
            case CANCELLED -> "cancelled, " + provenSoFar();
            case COMPLETE ->
                switch (report.verdict()) {
                    case EQUAL -> "all " + count(counts.matched(), "session is equal", "sessions are equal");
                    case SAMPLE_EQUAL -> "no difference in a sample of " + sessions(counts.matched());
                    case NAMED_EQUAL -> "no difference in the " + sessions(counts.matched()) + " named";
                    case DIFFERENT -> report.named() > 0 ? "sessions that were named differ" : "the stores differ";
                    case UNPROVEN ->
                        (report.named() > 0 ? "not all sessions named" : "the stores") + " are not proven equal";
                };
        };
    }

    private String provenSoFar() {
        return report.verdict() == Verdict.DIFFERENT ? "and the stores differ" : "nothing is proven";
    }

    private static String sessions(long number) {
        return count(number, "session", "sessions");
    }

    private void writeSample(SampleResult sample) {
        page.paragraph("A sample: " + sample.chosen() + ", and the users with shared state by the same share.");
        if (report.run().ending() == RunEnding.COMPLETE) {
            page.paragraph("**" + sample.inWords() + ".**");
        }
    }

    private void writeCounts() {
        page.table("", " Source", " Target");
        page.row("sessions", number(counts.source()), number(counts.target()));
        page.row(
                "records that cannot be read",
                number(counts.unreadableInSource()),
                number(counts.unreadableInTarget()));
        page.table("", " Sessions");
        page.row(page.bold("equal"), page.bold(number(counts.matched())));
        page.row("different", number(counts.different()));
        page.row("missing in the target", number(counts.missing()));
        page.row("unexpected in the target", number(counts.unexpected()));
        page.row("could not be compared", number(counts.failed()));
        if (report.repair()) {
            page.row("repaired, and equal since", number(counts.repaired()));
        }
        report.selfTest().ifPresent(test -> page.paragraph("Self-test: " + test.inWords() + "."));
        if (report.repair()) {
            page.paragraph("What differed or was missing was reconciled from the source to the target and judged again."
                    + " Nothing was deleted from the target: what only it has stays. Shared state of "
                    + count(counts.sharedRepaired(), "application or user", "applications and users")
                    + " was repaired.");
        }
        page.paragraph(
                "Shared state of " + count(counts.sharedScopes(), "application or user", "applications and users")
                        + " compared, " + number(counts.sharedDifferent()) + " different. Times count as equal within "
                        + Page.duration(report.tolerance()) + ".");
    }

    private List<String> nextSteps() {
        List<String> steps = new ArrayList<>();
        report.run().stopReason().ifPresent(reason -> steps.add(page.bold(Advice.on(reason.code()))));
        if (report.run().ending() == RunEnding.CANCELLED) {
            steps.add("Run again to the end: only a complete run proves something.");
        }
        if (counts.missing() + counts.different() > 0 && !report.repair()) {
            steps.add("Repair, or migrate again: both add what is missing and bring up what is older.");
        }
        if (counts.unexpected() > 0) {
            steps.add(
                    "Sessions that only the target has were made there, or deleted from the source. Nothing removes them"
                            + " by itself: look at them first.");
        }
        if (counts.sharedDifferent() > 0) {
            steps.add("Shared state that differs stays as the target has it unless the source's is known to be newer:"
                    + " decide which value is right.");
        }
        for (Problem problem : report.problems()) {
            steps.add(page.code(problem.code()) + " (" + number(problem.count()) + "): " + problem.whatToDo());
        }
        switch (report.verdict()) {
            case EQUAL -> steps.add("Nothing: the target holds what the source holds.");
            case SAMPLE_EQUAL ->
                steps.add("Compare all sessions before you retire the source: a sample proves nothing"
                        + " about the sessions that are not in it.");
            case NAMED_EQUAL -> steps.add("Nothing for these. Compare all sessions before you count on the others.");
            case DIFFERENT, UNPROVEN -> {}
        }
        return steps;
    }

    private void writeSelfTest(SelfTestReport test) {
        page.section("Self-test");
        page.paragraph("Each fault was planted in a copy of "
                + count(test.sessions(), "session that is", "sessions that are") + " equal in both stores, in memory.");
        page.table("Fault", "Planted in", "Found");
        test.results()
                .forEach(result -> page.row(
                        result.fault().description(),
                        switch (result.place()) {
                            case STORES -> "a session of the stores";
                            case MADE_UP -> "a made-up session; could not be planted in those of the stores";
                            case NOWHERE -> "nothing: could not be planted";
                        },
                        result.place() == Place.NOWHERE ? "–" : result.found() ? "yes" : "**no**"));
    }

    private void writeScopes() {
        if (report.scopes().isEmpty()) {
            return;
        }
        page.section("Shared state that differs");
        for (DifferingScope scope :
                report.scopes().stream().limit(MOST_SESSIONS).toList()) {
            page.paragraph(page.bold(page.scope(scope.scope())));
            writeDifferences(scope.differences());
        }
        ReportPages.more(
                page,
                counts.sharedDifferent(),
                Math.min(MOST_SESSIONS, report.scopes().size()));
    }

    private void writeSessions() {
        if (report.sessions().isEmpty()) {
            return;
        }
        page.section("Sessions that differ");
        for (DifferingSession session :
                report.sessions().stream().limit(MOST_SESSIONS).toList()) {
            page.paragraph(page.bold(ReportJson.name(session.status())) + ": " + page.key(session.key()));
            writeDifferences(session.differences());
        }
        long all = counts.different() + counts.missing() + counts.unexpected();
        ReportPages.more(page, all, Math.min(MOST_SESSIONS, report.sessions().size()));
    }

    private void writeDifferences(List<Difference> differences) {
        if (differences.isEmpty()) {
            return;
        }
        page.table("Where", "How", "More");
        differences.stream()
                .limit(MOST_DIFFERENCES)
                .forEach(difference -> page.row(
                        page.code(difference.path()),
                        ReportJson.name(difference.kind()).replace('_', ' '),
                        more(difference)));
        ReportPages.more(page, differences.size(), Math.min(MOST_DIFFERENCES, differences.size()));
    }

    private String more(Difference difference) {
        String event = difference.eventId().map(id -> "event " + page.code(id)).orElse("");
        String detail = difference.detail().map(page::code).orElse("");
        return event.isEmpty() || detail.isEmpty() ? event + detail : event + ": " + detail;
    }
}
