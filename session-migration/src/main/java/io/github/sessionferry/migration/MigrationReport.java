package io.github.sessionferry.migration;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Migrator} did.
 *
 * <p>Immutable. Holds ids, names of state keys and messages, no values of state and no content of events.
 *
 * @since 0.1
 */
public final class MigrationReport {

    private final RunSummary run;
    private final boolean dryRun;
    private final MigrationCounts counts;
    private final Speed speed;
    private final List<QuotaUse> quotas;
    private final List<Problem> problems;
    private final PassedOver passedOver;
    private final Map<String, Long> encodings;
    private final long tempKeysDropped;
    private final Map<String, Long> synthesisedIds;
    private final MappedIds mappedIds;
    private final SharedState sharedState;
    private final Optional<RolledBack> rollback;

    MigrationReport(
            RunSummary run,
            boolean dryRun,
            MigrationCounts counts,
            Speed speed,
            List<QuotaUse> quotas,
            List<Problem> problems,
            PassedOver passedOver,
            Map<String, Long> encodings,
            long tempKeysDropped,
            Map<String, Long> synthesisedIds,
            MappedIds mappedIds,
            SharedState sharedState,
            Optional<RolledBack> rollback) {
        this.run = run;
        this.dryRun = dryRun;
        this.counts = counts;
        this.speed = speed;
        this.quotas = List.copyOf(quotas);
        this.problems = List.copyOf(problems);
        this.passedOver = passedOver;
        this.encodings = Map.copyOf(encodings);
        this.tempKeysDropped = tempKeysDropped;
        this.synthesisedIds = Map.copyOf(synthesisedIds);
        this.mappedIds = mappedIds;
        this.sharedState = sharedState;
        this.rollback = rollback;
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
     * Whether nothing was written; the counts then tell what would have been done.
     *
     * @return true for a dry run
     */
    public boolean dryRun() {
        return dryRun;
    }

    /**
     * How many sessions were dealt with, and how.
     *
     * @return the counts
     */
    public MigrationCounts counts() {
        return counts;
    }

    /**
     * How fast sessions were done, over time and one by one.
     *
     * @return the figures
     */
    public Speed speed() {
        return speed;
    }

    /**
     * How far the stores' quotas were used.
     *
     * @return one for each kind of call that a store has a quota for; the source's first; unmodifiable
     */
    public List<QuotaUse> quotas() {
        return quotas;
    }

    /**
     * What was skipped or failed, by reason.
     *
     * @return the problems, failures first; unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Records among the source's sessions that are none of this source's, such as sessions in another layout.
     *
     * @return their number and the first few; they do not count as skipped
     */
    public PassedOver passedOver() {
        return passedOver;
    }

    /**
     * How many values the target has in an encoded form because it lacks their type.
     *
     * @return the numbers by kind, such as {@code int64} or {@code bytes}; unmodifiable
     */
    public Map<String, Long> encodings() {
        return encodings;
    }

    /**
     * How many {@code temp:} keys the events had in the source and were moved without.
     *
     * @return the number; 0 of a dry run
     */
    public long tempKeysDropped() {
        return tempKeysDropped;
    }

    /**
     * How many ids that the source does not keep were made for the events of the sessions that were written, the same ones in
     * every run.
     *
     * @return the numbers by kind, such as {@code event}, {@code invocation} or {@code call}; unmodifiable
     */
    public Map<String, Long> synthesisedIds() {
        return synthesisedIds;
    }

    /**
     * The sessions that the target keeps under another id.
     *
     * @return their number and the first few
     */
    public MappedIds mappedIds() {
        return mappedIds;
    }

    /**
     * What became of the state that sessions share.
     *
     * @return the summary
     */
    public SharedState sharedState() {
        return sharedState;
    }

    /**
     * What was taken back after a fatal error. The counts tell what had been done before.
     *
     * @return what became of the sessions that the run had created; empty if it was not rolled back
     */
    public Optional<RolledBack> rollback() {
        return rollback;
    }

    /**
     * How fast it went on average.
     *
     * @return sessions done per second; 0 if no time passed
     */
    public double sessionsPerSecond() {
        return Rates.perSecond(counts.done(), run.duration());
    }

    /**
     * Whether the target now holds all that the source has; of a dry run, whether it would, as far as reading tells.
     *
     * @return true if the run is complete, and nothing was skipped or failed
     */
    public boolean succeeded() {
        return run.ending() == RunEnding.COMPLETE
                && counts.failed() == 0
                && counts.skipped() == 0
                && sharedState.failed() == 0;
    }

    /**
     * The report for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        return MigrationJson.write(this);
    }

    /**
     * The report for people.
     *
     * @return a page of Markdown
     */
    public String toMarkdown() {
        return MigrationPage.write(this, new Markdown());
    }

    /**
     * The report for people, as a page for a browser that needs nothing but itself: no scripts, nothing to load.
     *
     * @return a page of HTML
     */
    public String toHtml() {
        return MigrationPage.write(this, new Html());
    }

    @Override
    public String toString() {
        return "MigrationReport[" + run + ", " + counts + "]";
    }

    /**
     * Records that were met among sessions and passed over.
     *
     * <p>Immutable.
     *
     * @param count how many
     * @param examples the first few: where they stand, and what they are
     */
    public record PassedOver(long count, List<UnreadableRecord> examples) {

        /** Copies. */
        public PassedOver {
            examples = List.copyOf(examples);
        }
    }

    /**
     * The sessions that the target keeps under another id than their own.
     *
     * <p>Immutable.
     *
     * @param count how many were told by the target in this run
     * @param examples the first few: the id in the target by the session's key
     */
    public record MappedIds(long count, Map<SessionKey, String> examples) {

        /** Copies. */
        public MappedIds {
            examples = Map.copyOf(examples);
        }
    }

    /**
     * What became of the state that the sessions of an application or a user share.
     *
     * <p>Immutable.
     *
     * @param scopes how many applications and users were dealt with
     * @param written how many values were written
     * @param unchanged how many values the target already had
     * @param failed how many applications and users could not be dealt with, after all retries
     * @param conflicts how many values stayed as the target has them, though the source's are different
     * @param conflictExamples the first few of those
     * @param overruledCopies copies in single sessions of the source that hold other values than those that were moved
     */
    public record SharedState(
            long scopes,
            long written,
            long unchanged,
            long failed,
            long conflicts,
            List<SharedKey> conflictExamples,
            OverruledCopies overruledCopies) {

        /** Copies. */
        public SharedState {
            conflictExamples = List.copyOf(conflictExamples);
        }
    }

    /**
     * What became of the sessions that a run had created, when it was rolled back.
     *
     * <p>Immutable.
     *
     * @param removed those that were removed from the target
     * @param changed those that stay because they were changed since, or hold what the source lacks
     * @param failed those that could not be removed; resuming the run tries again
     */
    public record RolledBack(Group removed, Group changed, Group failed) {

        /**
         * Some sessions.
         *
         * <p>Immutable.
         *
         * @param count how many
         * @param examples the first few
         */
        public record Group(long count, List<SessionKey> examples) {

            /** Copies. */
            public Group {
                examples = List.copyOf(examples);
            }
        }
    }

    /**
     * A key of shared state.
     *
     * <p>Immutable.
     *
     * @param scope whose state
     * @param key the key without its prefix
     */
    public record SharedKey(SharedScope scope, String key) {}
}
