package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link SessionAnalyzer} found.
 *
 * <p>Immutable. Holds ids, names of shared keys, kinds and messages, no values of state and no content of events.
 *
 * @since 0.1
 */
public final class AnalysisReport {

    private final RunSummary run;
    private final AnalysisCounts counts;
    private final Distribution bytes;
    private final Distribution eventsEach;
    private final Map<String, Long> kinds;
    private final SharedState sharedState;
    private final Optional<Target> target;
    private final List<Problem> problems;
    private final PassedOver passedOver;

    AnalysisReport(
            RunSummary run,
            AnalysisCounts counts,
            Distribution bytes,
            Distribution eventsEach,
            Map<String, Long> kinds,
            SharedState sharedState,
            Optional<Target> target,
            List<Problem> problems,
            PassedOver passedOver) {
        this.run = run;
        this.counts = counts;
        this.bytes = bytes;
        this.eventsEach = eventsEach;
        this.kinds = Map.copyOf(kinds);
        this.sharedState = sharedState;
        this.target = target;
        this.problems = List.copyOf(problems);
        this.passedOver = passedOver;
    }

    /**
     * Between which stores, when, and how the run ended.
     *
     * @return the run; the target's name is empty if there is none
     */
    public RunSummary run() {
        return run;
    }

    /**
     * What was met; all is counted, also what is not listed.
     *
     * @return the counts
     */
    public AnalysisCounts counts() {
        return counts;
    }

    /**
     * How large the sessions are, each with its events, as JSON in UTF-8.
     *
     * @return the sizes in bytes
     */
    public Distribution bytes() {
        return bytes;
    }

    /**
     * How many events the sessions have.
     *
     * @return the numbers of events of a session
     */
    public Distribution eventsEach() {
        return eventsEach;
    }

    /**
     * How many sessions there are of each kind, as the classifier tells it.
     *
     * @return numbers by kind; if there are more than 100 kinds, the rest together; unmodifiable
     */
    public Map<String, Long> kinds() {
        return kinds;
    }

    /**
     * What is to be known of the state that sessions share.
     *
     * @return the shared state
     */
    public SharedState sharedState() {
        return sharedState;
    }

    /**
     * What the target would make of the sessions.
     *
     * @return the prospect; empty if there is no target
     */
    public Optional<Target> target() {
        return target;
    }

    /**
     * What cannot be read, would be refused or lost, or failed, by reason.
     *
     * @return the problems; those that lie in what is stored are {@linkplain Problem#skipped() skipped}; unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * The records among the source's sessions that are none of this source's, such as sessions in another layout. A migration
     * would not move them; they are no problems.
     *
     * @return how many, with examples
     */
    public PassedOver passedOver() {
        return passedOver;
    }

    /**
     * Whether everything was looked at, and a migration would move all of it.
     *
     * @return true if the run is complete, and there are no problems
     */
    public boolean succeeded() {
        return run.ending() == RunEnding.COMPLETE && problems.isEmpty();
    }

    /**
     * The report for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        return AnalysisJson.write(this);
    }

    /**
     * The report for people.
     *
     * @return a page of Markdown
     */
    public String toMarkdown() {
        return AnalysisPage.write(this, new Markdown());
    }

    /**
     * The report for people, as a page for a browser that needs nothing but itself: no scripts, nothing to load.
     *
     * @return a page of HTML
     */
    public String toHtml() {
        return AnalysisPage.write(this, new Html());
    }

    @Override
    public String toString() {
        return "AnalysisReport[" + run + ", " + counts + "]";
    }

    /**
     * What is to be known of the state that the sessions of an application or a user share.
     *
     * <p>Immutable.
     *
     * @param scopes applications and users that have shared state of their own in the source
     * @param conflicts keys of which two copies disagree and neither is known to be newer: in sessions of a source that keeps
     *     a copy in each, or in both stores
     * @param conflictExamples the first few of them
     * @param overruledCopies copies in single sessions of a source that shares state, with other values than it tells
     */
    public record SharedState(
            long scopes, long conflicts, List<SharedKey> conflictExamples, OverruledCopies overruledCopies) {

        /** Copies. */
        public SharedState {
            conflictExamples = List.copyOf(conflictExamples);
        }
    }

    /**
     * What the target would make of the sessions that it lacks.
     *
     * <p>Immutable.
     *
     * @param present sessions that the target has already, equal or not
     * @param refused sessions that the target would refuse
     * @param encodings how many values would be written in an encoded form because the target lacks their type, by kind
     * @param mappedIds the sessions that the target would keep under another id
     * @param reserve the part of the quotas that is left to live traffic
     * @param estimate about how long a migration takes, and what binds it; at the concurrency of the analysis
     * @param bounds how long each quota alone would make it take, and the latency
     */
    public record Target(
            long present,
            long refused,
            Map<String, Long> encodings,
            MappedIds mappedIds,
            double reserve,
            RemainingTime estimate,
            List<RemainingTime> bounds) {

        /** Checks and copies. */
        public Target {
            encodings = Map.copyOf(encodings);
            requireNonNull(mappedIds, "mappedIds");
            requireNonNull(estimate, "estimate");
            bounds = List.copyOf(bounds);
        }
    }
}
