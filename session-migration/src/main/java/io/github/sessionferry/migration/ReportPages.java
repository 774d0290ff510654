package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Markdown.code;

import java.util.List;

/** What both kinds of report have in common as pages. Thread-safe: static methods only. */
final class ReportPages {

    private ReportPages() {}

    static void run(Markdown page, RunSummary run) {
        page.paragraph(code(run.from()) + " → " + code(run.to()) + ", " + Markdown.time(run.finished()) + ", took "
                + Markdown.duration(run.duration()) + ".");
        run.stopReason()
                .ifPresent(
                        reason -> page.paragraph("It stopped: " + code(reason.code()) + ", " + code(reason.message())));
    }

    static void problems(Markdown page, List<Problem> problems) {
        for (Problem problem : problems) {
            page.section((problem.skipped() ? "Skipped: " : "Failed: ") + code(problem.code()) + ", "
                    + Markdown.number(problem.count()));
            page.table("Where", "What");
            problem.examples()
                    .forEach(example -> page.row(
                            example.key().map(Markdown::key).orElse(code(example.place())), code(example.message())));
            more(page, problem.count(), problem.examples().size());
        }
    }

    static void more(Markdown page, long all, int shown) {
        if (all > shown) {
            page.paragraph("… and " + Markdown.number(all - shown) + " more.");
        }
    }
}
