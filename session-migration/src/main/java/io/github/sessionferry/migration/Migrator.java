package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Moves every session of a store into another, and the state that they share.
 *
 * <p>It is {@link Reconciler} over a scan, with all its guarantees: it may run while both stores are in use, at the same
 * time as other migrations, and again, after whatever end; a second run changes nothing. The source is only read.
 *
 * <ul>
 *   <li>Shared state first, then the sessions, several at a time: a store may copy what a session sees of it into the session.
 *   <li>What cannot be read or converted is skipped with its reason. What fails in spite of retries is tried again when
 *       the rest is done, a few times, and then told as failed.
 *   <li>Refused credentials, a missing store and very many failures in a row stop the run at once. The sessions that it
 *       has created, earlier attempts included, are then removed from the target, unless somebody has changed them since
 *       or they are to be {@linkplain Builder#keepOnFailure kept}. Shared state and sessions that were there before are
 *       not rolled back.
 *   <li>A scan that breaks off for a passing reason stops the run too, and nothing is removed: it can be resumed. Whatever
 *       has stopped it, the report of such a run never says complete.
 *   <li>Memory is bounded by the concurrency and the page size, not by the number of sessions. One session must fit.
 * </ul>
 *
 * <pre>{@code
 * MigrationReport report = Migrator.builder(source, target)
 *         .journal(Path.of("migration.jsonl"))
 *         .build()
 *         .run();
 * Reports.write(Path.of("report"), report);
 * }</pre>
 *
 * <p>Thread-safe, but {@link #run()} works only once. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class Migrator {

    private final Builder settings;
    private final RunControl control = new RunControl();
    private final RunControl rollbackControl = new RunControl();

    private Migrator(Builder settings) {
        this.settings = settings;
    }

    /**
     * Starts a migration.
     *
     * @param from the source, which is only read
     * @param to the target
     * @return a builder
     */
    public static Builder builder(SessionService from, SessionService to) {
        return new Builder(from, to);
    }

    /**
     * Moves the sessions. Blocks until the run has come to its end.
     *
     * <p>If the thread is interrupted, the run is {@linkplain #cancel() cancelled} and the thread's interrupt status is
     * set when this returns.
     *
     * @return what was done
     * @throws JournalException if the journal cannot be used for this run; nothing was done
     * @throws IllegalStateException if it has run already
     */
    public MigrationReport run() {
        control.begin();
        return new MigrationRun(settings, control, rollbackControl).run();
    }

    /**
     * Ends the run early: what is under way is finished, nothing more is begun, and the report says so. A cancelled run is
     * never rolled back; a rollback that is under way ends early. May be called from any thread, also before
     * {@link #run()} and after it.
     */
    public void cancel() {
        control.cancel();
        rollbackControl.cancel();
    }

    /**
     * Builds a migration. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder extends RunBuilder<Builder> {

        private static final int DEFAULT_FAILURES_IN_A_ROW = 100;

        final SessionService from;
        final SessionService to;
        int maxFailuresInARow = DEFAULT_FAILURES_IN_A_ROW;
        boolean dryRun;
        boolean resume;
        boolean keepOnFailure;
        TempState tempState = TempState.DROP;

        @Nullable
        Path journal;

        MigrationListener listener = new MigrationListener() {};

        private Builder(SessionService from, SessionService to) {
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        private Builder(Builder other) {
            super(other);
            from = other.from.forBulkWork(other.reserve);
            to = other.to.forBulkWork(other.reserve);
            dryRun = other.dryRun;
            journal = other.journal;
            resume = other.resume;
            maxFailuresInARow = other.maxFailuresInARow;
            keepOnFailure = other.keepOnFailure;
            tempState = other.tempState;
            listener = other.listener;
        }

        /**
         * Sets how many sessions in a row, of all that are moved at the same time, may fail before the run stops as for a
         * fatal error. A session that is postponed has failed; one that is skipped does not count.
         *
         * @param sessions how many; at least 1, 100 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxFailuresInARow(int sessions) {
            if (sessions < 1) {
                throw new IllegalArgumentException("maxFailuresInARow is " + sessions + "; it must be at least 1");
            }
            maxFailuresInARow = sessions;
            return this;
        }

        /**
         * Leaves in the target what was created, also when the run stops for a fatal error. A long run that is to be
         * resumed when the error is mended wants that.
         *
         * @param keep true to keep it; false if not set
         * @return this builder
         */
        public Builder keepOnFailure(boolean keep) {
            keepOnFailure = keep;
            return this;
        }

        /**
         * Sets what becomes of {@code temp:} keys in the history. A run that is resumed must have the same rule.
         *
         * @param rule dropped, and counted in the report, if not set
         * @return this builder
         */
        public Builder tempState(TempState rule) {
            tempState = requireNonNull(rule, "rule");
            return this;
        }

        /**
         * Writes nothing to the target: the report says what would be done, as far as reading and comparing tell.
         *
         * @param dry true to write nothing; false if not set
         * @return this builder
         */
        public Builder dryRun(boolean dry) {
            dryRun = dry;
            return this;
        }

        /**
         * Writes a journal: a line of JSON for each session, record and scope dealt with, without content, and how far the
         * scan has come. With it a run that was killed anywhere can be {@linkplain #resume resumed}. The file is locked
         * while the run lasts.
         *
         * @param file the file; made if it is missing, with its folders. It must be empty, unless the run is resumed
         * @return this builder
         */
        public Builder journal(Path file) {
            journal = requireNonNull(file, "file");
            return this;
        }

        /**
         * Goes on with the run whose journal is given, wherever it was killed, cancelled or stopped: what it has done is
         * passed over and counted, what it has skipped stays skipped, and what it has postponed or failed is taken up
         * again. If the journal is empty or missing, the run begins.
         *
         * <p>Both stores must be those of the journal, and a dry run goes on as one.
         *
         * @param goOn true to go on; false if not set
         * @return this builder
         */
        public Builder resume(boolean goOn) {
            resume = goOn;
            return this;
        }

        /**
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(MigrationListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the migration.
         *
         * @return the migration, ready to run
         * @throws IllegalStateException if the target cannot be written and this is no dry run, or if it is to be resumed
         *     without a journal
         */
        public Migrator build() {
            if (!dryRun && !to.capabilities().contains(Capability.WRITE)) {
                throw new IllegalStateException(
                        "the target " + to.name() + " can only be read; choose another, or make a dry run");
            }
            if (resume && journal == null) {
                throw new IllegalStateException("a run is resumed by its journal; give the journal");
            }
            return new Migrator(new Builder(this));
        }
    }
}
