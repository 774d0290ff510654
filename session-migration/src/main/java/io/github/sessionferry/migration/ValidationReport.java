package io.github.sessionferry.migration;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Validator} found.
 *
 * <p>Immutable. Holds ids, names of state keys and messages; values of state and content of events only if they were asked
 * for.
 *
 * @since 0.1
 */
public final class ValidationReport {

    /** What the run has proven. */
    public enum Verdict {
        /** The stores hold the same: everything was compared, and nothing differs. */
        EQUAL,
        /** The sample holds the same: everything in it was compared, and nothing differs. */
        SAMPLE_EQUAL,
        /** The sessions that were named are the same in both stores. */
        NAMED_EQUAL,
        /** Something differs, is missing or is unexpected in the target. */
        DIFFERENT,
        /** Nothing: no difference was found, and the run was not complete or something could not be compared. */
        UNPROVEN
    }

    /**
     * The run, and what was asked of it.
     *
     * @param summary between which stores, when, and how it ended
     * @param tolerance how far apart times may be
     * @param sample which sessions it looked at
     * @param named how many sessions it was told to look at; 0 if it was to find them
     * @param repair whether it repaired
     * @param selfTest what its self-test came to; empty if there was none
     */
    record Run(
            RunSummary summary,
            Duration tolerance,
            Sample sample,
            int named,
            boolean repair,
            Optional<SelfTestReport> selfTest) {}

    private final Run run;
    private final ValidationCounts counts;
    private final List<DifferingSession> sessions;
    private final List<DifferingScope> scopes;
    private final List<Problem> problems;

    ValidationReport(
            Run run,
            ValidationCounts counts,
            List<DifferingSession> sessions,
            List<DifferingScope> scopes,
            List<Problem> problems) {
        this.run = run;
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
        return run.summary();
    }

    /**
     * How far apart times may be and still count as equal.
     *
     * @return the tolerance; not negative
     */
    public Duration tolerance() {
        return run.tolerance();
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
     * What the sample tells about all sessions.
     *
     * @return the result; empty if all sessions were to be compared
     */
    public Optional<SampleResult> sample() {
        return run.sample().isAll()
                ? Optional.empty()
                : Optional.of(new SampleResult(
                        run.sample().share(),
                        run.sample().seed(),
                        counts.matched() + counts.differing(),
                        counts.differing()));
    }

    /**
     * How many sessions the run was told to compare.
     *
     * @return the number; 0 if it was to find them in the stores
     */
    public int named() {
        return run.named();
    }

    /**
     * Whether what differed was to be repaired.
     *
     * @return true if so
     */
    public boolean repair() {
        return run.repair();
    }

    /**
     * What the self-test came to.
     *
     * @return its report; empty if there was none
     */
    public Optional<SelfTestReport> selfTest() {
        return run.selfTest();
    }

    /**
     * What the run has proven.
     *
     * @return the verdict
     */
    public Verdict verdict() {
        if (counts.foundDifference()) {
            return Verdict.DIFFERENT;
        }
        if (run().ending() != RunEnding.COMPLETE || !counts.comparedAll()) {
            return Verdict.UNPROVEN;
        }
        if (run.named() > 0) {
            return Verdict.NAMED_EQUAL;
        }
        return run.sample().isAll() ? Verdict.EQUAL : Verdict.SAMPLE_EQUAL;
    }

    /**
     * Whether both stores are proven to hold the same.
     *
     * @return true if the verdict is {@link Verdict#EQUAL}; never for a sample or for sessions that were named
     */
    public boolean equal() {
        return verdict() == Verdict.EQUAL;
    }

    /**
     * Whether all that was to be compared was compared, and nothing differs.
     *
     * @return true if the verdict is {@link Verdict#EQUAL}, {@link Verdict#SAMPLE_EQUAL} or {@link Verdict#NAMED_EQUAL}
     */
    public boolean passed() {
        return switch (verdict()) {
            case EQUAL, SAMPLE_EQUAL, NAMED_EQUAL -> true;
            case DIFFERENT, UNPROVEN -> false;
        };
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
        return "ValidationReport[" + run() + ", " + counts + "]";
    }
}
