package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionService;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a store before a migration: how many sessions of how many users it holds, of which kinds and sizes, what in it is
 * broken – and, if the target is named, what that would refuse or encode, which ids it would map, and how long the migration
 * takes.
 *
 * <p>Every session is read once, with all its events, and looked up in the target. {@linkplain SessionService#rehearse What
 * the target would make of it} is computed here. Nothing is written to either store, which may be in use meanwhile.
 *
 * <p>The time is an estimate, for the concurrency of the analysis and the quotas less the {@linkplain Builder#reserve
 * reserve}: the longest of what each quota and the latency of the stores make of it. A call that writes is taken to last as
 * long as one that looks a session up. Sessions that the target has already are taken to need no write.
 *
 * <p>A failed call is repeated if it may pass. A fatal error, or 100 failures in a row, end the run. Memory is bounded by the
 * concurrency and the page size, not by the number of sessions: users are counted exactly up to 65,536, and beyond that to
 * about a hundredth, as percentiles are.
 *
 * <p>Thread-safe, but {@link #run()} works only once. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class SessionAnalyzer {

    private final Builder settings;
    private final RunControl control = new RunControl();

    private SessionAnalyzer(Builder settings) {
        this.settings = settings;
    }

    /**
     * Starts an analysis.
     *
     * @param from the store to look at
     * @return a builder
     */
    public static Builder builder(SessionService from) {
        return new Builder(from);
    }

    /**
     * Looks at the store. Blocks until the run has come to its end.
     *
     * <p>If the thread is interrupted, the run is {@linkplain #cancel() cancelled} and the thread's interrupt status is
     * set when this returns.
     *
     * @return what was found
     * @throws IllegalStateException if it has run already
     */
    public AnalysisReport run() {
        control.begin();
        return new AnalysisRun(settings, control).run();
    }

    /**
     * Ends the run early: what is under way is finished, nothing more is begun, and the report says so. May be called from
     * any thread, also before {@link #run()} and after it.
     */
    public void cancel() {
        control.cancel();
    }

    /**
     * Builds an analysis. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder extends RunBuilder<Builder> {

        final SessionService from;

        private @Nullable SessionService to;
        SessionClassifier classifier = SessionClassifier.byContent();
        AnalysisListener listener = new AnalysisListener() {};

        private Builder(SessionService from) {
            this.from = requireNonNull(from, "from");
        }

        private Builder(Builder other) {
            super(other);
            from = other.from.forBulkWork(other.reserve);
            to = other.to == null ? null : other.to.forBulkWork(other.reserve);
            classifier = other.classifier;
            listener = other.listener;
        }

        /**
         * Sets where the sessions are to be moved.
         *
         * @param target the store, which is only read
         * @return this builder
         */
        public Builder to(SessionService target) {
            to = requireNonNull(target, "target");
            return this;
        }

        /**
         * Sets what tells the kinds of sessions.
         *
         * @param kinds the classifier; {@link SessionClassifier#byContent()} if not set
         * @return this builder
         */
        public Builder classifier(SessionClassifier kinds) {
            classifier = requireNonNull(kinds, "kinds");
            return this;
        }

        /**
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(AnalysisListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the analysis.
         *
         * @return the analysis, ready to run
         */
        public SessionAnalyzer build() {
            return new SessionAnalyzer(new Builder(this));
        }

        Optional<SessionService> target() {
            return Optional.ofNullable(to);
        }
    }
}
