package io.github.sessionferry.migration;

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

    static void more(Page page, long all, int shown) {
        if (all > shown) {
            page.paragraph("… and " + Page.number(all - shown) + " more.");
        }
    }
}
