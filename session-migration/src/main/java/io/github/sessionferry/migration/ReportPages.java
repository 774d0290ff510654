package io.github.sessionferry.migration;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import java.util.List;

/** What both kinds of report have in common as pages. Thread-safe: static methods only. */
final class ReportPages {

    private ReportPages() {}

    static void run(Page page, RunSummary run) {
        String stores = page.code(run.from()) + (run.to().isEmpty() ? "" : " → " + page.code(run.to()));
        page.paragraph(stores + ", " + Page.time(run.finished()) + ", took " + Page.duration(run.duration()) + ".");
        run.stopReason()
                .ifPresent(reason ->
                        page.paragraph("It stopped: " + page.code(reason.code()) + ", " + page.code(reason.message())));
    }

    static void problems(Page page, List<Problem> problems) {
        for (Problem problem : problems) {
            page.section((problem.skipped() ? "Skipped: " : "Failed: ") + page.code(problem.code()) + ", "
                    + Page.number(problem.count()));
            page.table("Where", "What");
            problem.examples()
                    .forEach(example -> page.row(
                            example.key().map(page::key).orElse(page.code(example.place())),
                            page.code(example.message())));
            more(page, problem.count(), problem.examples().size());
        }
    }

    static void passedOver(Page page, PassedOver passedOver) {
        if (passedOver.count() == 0) {
            return;
        }
        page.section("Passed over");
        page.paragraph(Page.count(passedOver.count(), "record", "records")
                + " among the sessions that are none of this source's, and are not moved.");
        page.table("Where", "What");
        passedOver.examples().forEach(other -> page.row(page.code(other.location()), page.code(other.reason())));
        more(page, passedOver.count(), passedOver.examples().size());
    }

    static void overruledCopies(Page page, OverruledCopies copies) {
        if (copies.count() == 0) {
            return;
        }
        page.section("Copies of shared keys that do not count");
        page.paragraph(Page.count(copies.count(), "copy", "copies")
                + " in single sessions of the source, with another value than the one that counts: the shared one, or"
                + " where there is none the newest.");
        page.table("Session", "Key", "Session last changed");
        copies.examples()
                .forEach(copy -> page.row(
                        page.key(copy.session()),
                        page.code(copy.stateKey()),
                        copy.updateTime().toString()));
        more(page, copies.count(), copies.examples().size());
    }

    static void more(Page page, long all, int shown) {
        if (all > shown) {
            page.paragraph("… and " + Page.number(all - shown) + " more.");
        }
    }
}
