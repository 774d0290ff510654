package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Proves that two stores hold the same sessions, or tells each difference and where it is.
 *
 * <p>Every session of the source is compared with the target's, and every session of the target is looked for in the
 * source:
 *
 * <ul>
 *   <li>the ids both ways;
 *   <li>the session's own state and its other fields, value by value and type by type; {@code 1} and {@code 1.0} differ;
 *   <li>the update time, the create time if both stores know it, and the expiry if both keep it, within the tolerance;
 *   <li>the events: which, in what order, their times within the tolerance, and every other field of theirs;
 *   <li>the state shared by applications and users, each on its own. {@code temp:} state is not compared.
 * </ul>
 *
 * <p>Or a {@linkplain Builder#sample sample} of them, with what it tells about all; or {@linkplain Builder#sessions a few
 * that are named}.
 *
 * <p>It may run while the stores are in use: what is found different is read again until neither side has changed in
 * between, or it was different several times, and is judged once more at the end of the run, as is what could not be read.
 * So a second write that comes late, or a failure that passes, counts for nothing. Of more than 10,000 that differ, the
 * first judgement stands. Nothing is written unless a {@linkplain Builder#repair repair} is asked for. Memory is bounded by the concurrency, the page size and the number of
 * differences kept, not by the number of sessions.
 *
 * <p>Thread-safe, but {@link #run()} works only once. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class Validator {

    private final Builder settings;
    private final RunControl control = new RunControl();

    private Validator(Builder settings) {
        this.settings = settings;
    }

    /**
     * Starts a validation.
     *
     * @param from the source
     * @param to the target, which should hold the same
     * @return a builder
     */
    public static Builder builder(SessionService from, SessionService to) {
        return new Builder(from, to);
    }

    /**
     * Compares the stores. Blocks until the run has come to its end.
     *
     * <p>If the thread is interrupted, the run is {@linkplain #cancel() cancelled} and the thread's interrupt status is
     * set when this returns.
     *
     * @return what was found
     * @throws JournalException if the journal cannot be used for this run; nothing was done
     * @throws IllegalStateException if it has run already
     */
    public ValidationReport run() {
        control.begin();
        return new ValidationRun(settings, control).run();
    }

    /**
     * Ends the run early: what is under way is finished, nothing more is begun, and the report says so. May be called from
     * any thread, also before {@link #run()} and after it.
     */
    public void cancel() {
        control.cancel();
    }

    /**
     * Builds a validation. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder extends RunBuilder<Builder> {

        private static final int DEFAULT_MAX_DIFFERENCES = 1_000;

        /** Seeds drawn by chance are easy to type. */
        private static final int MOST_SEED = 1_000_000;

        final SessionService from;
        final SessionService to;
        Duration tolerance = SessionComparison.DEFAULT_TOLERANCE;
        boolean showValues;
        TempState tempState = TempState.DROP;
        int maxDifferences = DEFAULT_MAX_DIFFERENCES;
        double share = 1;

        @Nullable
        Long sampleSeed;

        Set<SessionKey> named = Set.of();
        boolean repair;
        boolean selfTest;
        boolean resume;

        @Nullable
        Path journal;

        ValidationListener listener = new ValidationListener() {};

        private Builder(SessionService from, SessionService to) {
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        private Builder(Builder other) {
            super(other);
            from = other.from.forBulkWork(other.reserve);
            to = other.to.forBulkWork(other.reserve);
            tolerance = other.tolerance;
            tempState = other.tempState;
            showValues = other.showValues;
            maxDifferences = other.maxDifferences;
            share = other.share;
            sampleSeed = other.sampleSeed;
            named = other.named;
            repair = other.repair;
            selfTest = other.selfTest;
            resume = other.resume;
            journal = other.journal;
            listener = other.listener;
        }

        /**
         * Sets how far apart the times of sessions and events may be and still count as equal.
         *
         * @param apart the tolerance; not negative, one second if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder tolerance(Duration apart) {
            if (apart.isNegative()) {
                throw new IllegalArgumentException("tolerance is " + apart + "; it must not be negative");
            }
            tolerance = apart;
            return this;
        }

        /**
         * Lets the report show the values that differ, shortened. They are personal data of the users whose sessions these
         * are.
         *
         * @param show true to show them; false if not set
         * @return this builder
         */
        public Builder showValues(boolean show) {
            showValues = show;
            return this;
        }

        /**
         * Sets how many differences the report keeps; all of them are counted.
         *
         * @param kept how many at most; not negative, 1,000 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxDifferences(int kept) {
            if (kept < 0) {
                throw new IllegalArgumentException("maxDifferences is " + kept + "; it must not be negative");
            }
            maxDifferences = kept;
            return this;
        }

        /**
         * Compares a part of the sessions only: each is in it or not by a hash of its key and the {@linkplain #sampleSeed
         * seed}, the same ones in both directions and in every run.
         *
         * <p>All keys are still told by the scans, and records that cannot be read are all found. Shared state of
         * applications is compared in full, that of users by the same share. The report says what the sample tells
         * {@linkplain SampleResult about all sessions}; it never says that the stores are equal.
         *
         * @param share how many of all; above 0 and at most 1, which is all of them and the default
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder sample(double share) {
            this.share = Sample.requireShare(share);
            return this;
        }

        /**
         * Sets which sessions a {@linkplain #sample sample} consists of.
         *
         * @param seed any number; another one chooses others. One drawn by chance if not set, which the report tells
         * @return this builder
         */
        public Builder sampleSeed(long seed) {
            sampleSeed = seed;
            return this;
        }

        /**
         * Compares these sessions only, and the shared state that they see; neither store is scanned. The report never says
         * that the stores are equal. A session that neither store has counts as one that could not be compared.
         *
         * @param keys which sessions; at least one
         * @return this builder
         * @throws IllegalArgumentException if there is none
         */
        public Builder sessions(Collection<SessionKey> keys) {
            if (keys.isEmpty()) {
                throw new IllegalArgumentException(
                        "no session is named; name at least one, or leave it out to compare all");
            }
            named = Collections.unmodifiableSet(new LinkedHashSet<>(keys));
            return this;
        }

        /**
         * Repairs what differs: the target is made to hold what the source holds, as {@link Reconciler} does it, and what was
         * repaired is judged again.
         *
         * <p>Only what is compared is repaired, so of a sample only the sample. What only the target has is never deleted,
         * neither sessions nor events nor values, and nothing old is put over anything newer; the report says what stayed
         * different and why.
         *
         * @param repair true to write to the target; false if not set
         * @return this builder
         */
        public Builder repair(boolean repair) {
            this.repair = repair;
            return this;
        }

        /**
         * First proves that the comparison finds what it should: each {@link PlantedFault} is planted in a copy in memory of
         * up to 100 sessions that are equal in both stores, and the copies are compared as the stores are to be. If one is
         * not found, or a difference is told that there is none, the run stops and the stores are not compared.
         *
         * @param first true for a self-test; false if not set
         * @return this builder
         */
        public Builder selfTest(boolean first) {
            selfTest = first;
            return this;
        }

        /**
         * Writes a journal: a line of JSON for each session looked at, record and scope, without content, and how far the
         * scans have come. With it a run that was killed anywhere can be {@linkplain #resume resumed}. The file is locked
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
         * Goes on with the run whose journal is given, wherever it was killed, cancelled or stopped, and also if it had come to
         * its end: what it has found equal is passed over and counted, and what it has found different, or could not compare,
         * is judged again. The report tells the whole run. If the journal is empty or missing, the run begins.
         *
         * <p>Both stores, the tolerance and the sample must be those of the journal; its seed is taken from it.
         *
         * @param goOn true to go on; false if not set
         * @return this builder
         */
        public Builder resume(boolean goOn) {
            resume = goOn;
            return this;
        }

        /**
         * Sets whether {@code temp:} keys in the history are compared: not if a migration drops them.
         *
         * @param rule the migration's rule; they are not compared if not set
         * @return this builder
         */
        public Builder tempState(TempState rule) {
            tempState = requireNonNull(rule, "rule");
            return this;
        }

        /**
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(ValidationListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the validation.
         *
         * @return the validation, ready to run
         * @throws IllegalStateException if there is a seed and no sample, if the target is to be repaired and cannot be
         *     written, if the run is to be resumed without a journal, or if sessions are named and a sample or a journal is
         *     asked for too
         */
        public Validator build() {
            if (share == 1 && sampleSeed != null) {
                throw new IllegalStateException("the seed chooses a sample, and none is asked for; give its share too");
            }
            if (repair && !to.capabilities().contains(Capability.WRITE)) {
                throw new IllegalStateException(
                        "the target " + to.name() + " can only be read; validate it without a repair");
            }
            if (resume && journal == null) {
                throw new IllegalStateException("a run is resumed by its journal; give the journal");
            }
            if (!named.isEmpty() && (share < 1 || journal != null)) {
                throw new IllegalStateException(
                        "sessions that are named are all compared, at once; leave out the sample and the journal");
            }
            return new Validator(new Builder(this));
        }

        Optional<Path> journal() {
            return Optional.ofNullable(journal);
        }

        /** The sessions to look at; chosen anew by each call if there is no seed. */
        Sample sample() {
            return new Sample(
                    share, sampleSeed == null ? ThreadLocalRandom.current().nextInt(MOST_SEED) : sampleSeed);
        }
    }
}
