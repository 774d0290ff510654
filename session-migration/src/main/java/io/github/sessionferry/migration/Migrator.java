package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
    public static final class Builder {

        private static final int DEFAULT_CONCURRENCY = 10;
        private static final int DEFAULT_PAGE_SIZE = 200;
        private static final int DEFAULT_FAILURES_IN_A_ROW = 100;
        private static final double DEFAULT_RESERVE = 0.3;

        final SessionService from;
        final SessionService to;
        int concurrency = DEFAULT_CONCURRENCY;
        int pageSize = DEFAULT_PAGE_SIZE;
        double reserve = DEFAULT_RESERVE;
        int maxRetries = Retries.DEFAULT_MAX;
        Duration retryDelay = Retries.DEFAULT_DELAY;
        int maxFailuresInARow = DEFAULT_FAILURES_IN_A_ROW;
        boolean dryRun;
        boolean resume;
        boolean keepOnFailure;
        TempState tempState = TempState.DROP;

        @Nullable
        Path journal;

        MigrationListener listener = new MigrationListener() {};
        Clock clock = Clock.systemUTC();

        private Builder(SessionService from, SessionService to) {
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        private Builder(Builder other) {
            this(other.from.forBulkWork(other.reserve), other.to.forBulkWork(other.reserve));
            reserve = other.reserve;
            concurrency = other.concurrency;
            pageSize = other.pageSize;
            maxRetries = other.maxRetries;
            retryDelay = other.retryDelay;
            dryRun = other.dryRun;
            journal = other.journal;
            resume = other.resume;
            maxFailuresInARow = other.maxFailuresInARow;
            keepOnFailure = other.keepOnFailure;
            tempState = other.tempState;
            listener = other.listener;
            clock = other.clock;
        }

        /**
         * Sets how many sessions are moved at the same time.
         *
         * @param sessions how many at most; at least 1, 10 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(int sessions) {
            concurrency = StoreScan.requireConcurrency(sessions);
            return this;
        }

        /**
         * Sets how many sessions are asked for with one call of a scan.
         *
         * @param sessions how many at most; at least 2, 200 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 2
         */
        public Builder pageSize(int sessions) {
            pageSize = StoreScan.requirePageSize(sessions);
            return this;
        }

        /**
         * Sets which part of the stores' quotas is left to live traffic. The rest is used as far as the concurrency
         * goes.
         *
         * @param share the part; at least 0 and less than 1, 0.3 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder reserve(double share) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("reserve is " + share + "; it must be at least 0 and less than 1");
            }
            reserve = share;
            return this;
        }

        /**
         * Sets how often a failed call is repeated; one of the scan of the source, without which the run ends, twice as often.
         *
         * @param retries how often at most; not negative, 3 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxRetries(int retries) {
            maxRetries = Retries.requireMax(retries);
            return this;
        }

        /**
         * Sets the wait before the first repetition; each further one is about twice as long, up to a minute.
         *
         * @param delay the wait; positive and less than a minute, 200 ms if not set
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder retryDelay(Duration delay) {
            retryDelay = Retries.requireDelay(delay);
            return this;
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

        /**
         * Sets the clock for the times in the report and the journal.
         *
         * @param source the clock; the system's if not set
         * @return this builder
         */
        public Builder clock(Clock source) {
            clock = requireNonNull(source, "source");
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
