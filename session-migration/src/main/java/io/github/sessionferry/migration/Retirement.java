package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Empties the source when a migration is over: deletes the sessions that have not changed for long and are proven to be in the
 * target.
 *
 * <p>A session goes only if all of this is true at the moment of its deletion:
 *
 * <ul>
 *   <li>it last changed before the cut-off;
 *   <li>the target's session is equal, as a {@link Validator} that nothing else is set for compares them; or it is newer,
 *       complete, was created at the same time if both stores know when, and has every event of the source's, equal and in
 *       the same order;
 *   <li>the source's session still has the revision that was compared.
 * </ul>
 *
 * <p>Everything else stays, and what is old, or may be, is reported with the reason. Shared state, records that cannot be
 * read and a migration's own records are never touched. Without {@link Builder#delete delete} nothing is deleted, and the report
 * tells what would be.
 *
 * <p>No user may be served by the source any more: everybody is in {@link io.github.sessionferry.core.rollout.Stage#TARGET_ONLY},
 * or the source is out of use. To a process that still reads the source first, a deleted session is deleted.
 *
 * <p>A failed call is repeated if it may pass, and before a deletion of unknown outcome is repeated it is looked up. A fatal error, or 100
 * failures in a row, end the run. Running it again goes on. Memory is bounded by the concurrency and the page size, not by the
 * number of sessions.
 *
 * <p>Thread-safe, but {@link #run()} works only once. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class Retirement {

    private final Builder settings;
    private final RunControl control = new RunControl();

    private Retirement(Builder settings) {
        this.settings = settings;
    }

    /**
     * Starts a retirement.
     *
     * @param from the store to empty
     * @param to the store that was moved to
     * @return a builder
     */
    public static Builder builder(SessionService from, SessionService to) {
        return new Builder(from, to);
    }

    /**
     * Goes through the source. Blocks until the run has come to its end.
     *
     * <p>If the thread is interrupted, the run is {@linkplain #cancel() cancelled} and the thread's interrupt status is
     * set when this returns.
     *
     * @return what was deleted, or would be, and what stays
     * @throws JournalException if the journal cannot be opened; nothing was done
     * @throws IllegalStateException if it has run already
     */
    public RetirementReport run() {
        control.begin();
        return new RetirementRun(settings, control).run();
    }

    /**
     * Ends the run early: what is under way is finished, nothing more is begun, and the report says so. May be called from
     * any thread, also before {@link #run()} and after it.
     */
    public void cancel() {
        control.cancel();
    }

    /**
     * Builds a retirement. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder extends RunBuilder<Builder> {

        /** How long a session must not have changed if nothing else is set. */
        public static final Duration DEFAULT_OLDER_THAN = Duration.ofDays(7);

        private static final Duration MOST_OLDER_THAN = Duration.ofDays(36_500);

        final SessionService from;
        final SessionService to;
        Duration olderThan = DEFAULT_OLDER_THAN;
        boolean delete;

        @Nullable
        Path journal;

        RetirementListener listener = new RetirementListener() {};

        private Builder(SessionService from, SessionService to) {
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        private Builder(Builder other) {
            super(other);
            from = other.from.forBulkWork(other.reserve);
            to = other.to.forBulkWork(other.reserve);
            olderThan = other.olderThan;
            delete = other.delete;
            journal = other.journal;
            listener = other.listener;
        }

        /**
         * Sets how long a session must not have changed, as the source tells it, before the run begins.
         *
         * @param age the age; not negative, at most 36,500 days, 7 days if not set
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder olderThan(Duration age) {
            if (age.isNegative() || age.compareTo(MOST_OLDER_THAN) > 0) {
                throw new IllegalArgumentException("olderThan is " + age + "; it must not be negative, and at most "
                        + MOST_OLDER_THAN.toDays() + " days");
            }
            olderThan = age;
            return this;
        }

        /**
         * Deletes what may go.
         *
         * @param delete true to delete; false, a dry run, if not set
         * @return this builder
         */
        public Builder delete(boolean delete) {
            this.delete = delete;
            return this;
        }

        /**
         * Lists, a line of JSON each and without content, every session that was deleted or would be, and everything that stays
         * although it is old, or may be. The file is locked while the run lasts; if it cannot be written any more, the run
         * ends.
         *
         * @param file the file; made if it is missing, with its folders, and added to if it is not empty
         * @return this builder
         */
        public Builder journal(Path file) {
            journal = requireNonNull(file, "file");
            return this;
        }

        /**
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(RetirementListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the retirement.
         *
         * @return the retirement, ready to run
         * @throws IllegalStateException if both stores are the same by their names, or the source is to be deleted from and can
         *     only be read
         */
        public Retirement build() {
            if (from.name().equals(to.name())) {
                throw new IllegalStateException("both stores are " + from.name()
                        + "; a session in it proves nothing about another store, so give another one");
            }
            if (delete && !from.capabilities().contains(Capability.WRITE)) {
                throw new IllegalStateException(
                        "the source " + from.name() + " can only be read, so nothing can be deleted from it");
            }
            return new Retirement(new Builder(this));
        }

        Optional<Path> journal() {
            return Optional.ofNullable(journal);
        }
    }
}
