package io.github.sessionferry.migration;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link Validator} found.
 *
 * <p>Immutable. Holds ids, names of state keys and messages; values of state and content of events only if they were asked
 * for.
 *
 * @since 0.1
 */
public final class ValidationReport {

    private final RunSummary run;
    private final Duration tolerance;
    private final ValidationCounts counts;
    private final List<DifferingSession> sessions;
    private final List<DifferingScope> scopes;
    private final List<Problem> problems;

    ValidationReport(
            RunSummary run,
            Duration tolerance,
            ValidationCounts counts,
            List<DifferingSession> sessions,
            List<DifferingScope> scopes,
            List<Problem> problems) {
        this.run = run;
        this.tolerance = tolerance;
        this.counts = counts;
        this.sessions = List.copyOf(sessions);
        this.scopes = List.copyOf(scopes);
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
     * How far apart times may be and still count as equal.
     *
     * @return the tolerance; not negative
     */
    public Duration tolerance() {
        return tolerance;
    }

    /**
     * How many sessions were compared, and what was found; all are counted, also those that are not listed.
     *
     * @return the counts
     */
    public ValidationCounts counts() {
        return counts;
    }

    /**
     * The sessions that differ, the first ones if there are very many.
     *
     * @return the sessions in no particular order; unmodifiable
     */
    public List<DifferingSession> sessions() {
        return sessions;
    }

    /**
     * The shared state that differs, the first ones if there are very many.
     *
     * @return the scopes in no particular order; unmodifiable
     */
    public List<DifferingScope> scopes() {
        return scopes;
    }

    /**
     * What could not be read or compared, by reason.
     *
     * @return the problems; those that lie in what is stored are {@linkplain Problem#skipped() skipped}; unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Whether both stores are proven to hold the same: everything was compared, and nothing differs, is missing, is too
     * much or could not be read.
     *
     * @return true if so
     */
    public boolean equal() {
        return run.ending() == RunEnding.COMPLETE && counts.allEqual();
    }

    /**
     * The report for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        return ValidationJson.write(this);
    }

    /**
     * The report for people.
     *
     * @return a page of Markdown
     */
    public String toMarkdown() {
        return ValidationPage.write(this, new Markdown());
    }

    /**
     * The report for people, as a page for a browser that needs nothing but itself: no scripts, nothing to load.
     *
     * @return a page of HTML
     */
    public String toHtml() {
        return ValidationPage.write(this, new Html());
    }

    @Override
    public String toString() {
        return "ValidationReport[" + run + ", " + counts + "]";
    }
}
