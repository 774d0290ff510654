package io.github.sessionferry.migration;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Retirement} did, or would do.
 *
 * <p>Immutable. Holds ids, names of state keys and messages, no values of state and no content of events.
 *
 * @since 0.1
 */
public final class RetirementReport {

    private final RunSummary run;
    private final boolean dryRun;
    private final Duration olderThan;
    private final RetirementCounts counts;
    private final List<Problem> problems;

    RetirementReport(
            RunSummary run, boolean dryRun, Duration olderThan, RetirementCounts counts, List<Problem> problems) {
        this.run = run;
        this.dryRun = dryRun;
        this.olderThan = olderThan;
        this.counts = counts;
        this.problems = List.copyOf(problems);
    }

    /**
     * Between which stores, when, and how the run ended.
     *
     * @return the run
     */
    public RunSummary run() {
        return run;
    }

    /**
     * Whether nothing was deleted.
     *
     * @return true if the counts tell what would be done
     */
    public boolean dryRun() {
        return dryRun;
    }

    /**
     * Before when a session must have changed last to go.
     *
     * @return the time
     */
    public Instant cutOff() {
        return run.started().minus(olderThan);
    }

    /**
     * What was met; all sessions are counted, also those that are not listed.
     *
     * @return the counts
     */
    public RetirementCounts counts() {
        return counts;
    }

    /**
     * Which sessions stay though they are old, or may be, by reason.
     *
     * @return the problems, failures first; those that lie in what is stored are {@linkplain Problem#skipped() skipped};
     *     unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Whether all that is old is gone, or would be.
     *
     * @return true if the run is complete, everything old is proven to be in the target, and nothing failed
     */
    public boolean succeeded() {
        return run.ending() == RunEnding.COMPLETE
                && counts.unproven() == 0
                && counts.unreadable() == 0
                && counts.failed() == 0;
    }

    /**
     * The report for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        Map<String, Object> json = ReportJson.begin("retirement", run);
        json.put("dryRun", dryRun);
        json.put("succeeded", succeeded());
        json.put("olderThanSeconds", olderThan.toSeconds());
        json.put("cutOff", cutOff().toString());
        json.put("done", counts.done());
        json.put("deleted", counts.deleted());
        json.put("young", counts.young());
        json.put("gone", counts.gone());
        json.put("unproven", counts.unproven());
        json.put("unreadable", counts.unreadable());
        json.put("failed", counts.failed());
        json.put("problems", ReportJson.problems(problems));
        return ReportJson.write(json);
    }

    /**
     * The report for people.
     *
     * @return a page of Markdown
     */
    public String toMarkdown() {
        return RetirementPage.write(this, new Markdown());
    }

    /**
     * The report for people, as a page for a browser that needs nothing but itself: no scripts, nothing to load.
     *
     * @return a page of HTML
     */
    public String toHtml() {
        return RetirementPage.write(this, new Html());
    }

    @Override
    public String toString() {
        return "RetirementReport[" + run + ", " + counts + "]";
    }
}
