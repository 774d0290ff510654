package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionService;
import java.time.Clock;
import java.time.Duration;
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
    public static final class Builder {

        private static final int DEFAULT_CONCURRENCY = 10;
        private static final int DEFAULT_PAGE_SIZE = 200;
        private static final double DEFAULT_RESERVE = 0.3;

        final SessionService from;

        private @Nullable SessionService to;
        SessionClassifier classifier = SessionClassifier.byContent();
        int concurrency = DEFAULT_CONCURRENCY;
        int pageSize = DEFAULT_PAGE_SIZE;
        double reserve = DEFAULT_RESERVE;
        int maxRetries = Retries.DEFAULT_MAX;
        Duration retryDelay = Retries.DEFAULT_DELAY;
        AnalysisListener listener = new AnalysisListener() {};
        Clock clock = Clock.systemUTC();

        private Builder(SessionService from) {
            this.from = requireNonNull(from, "from");
        }

        private Builder(Builder other) {
            this(other.from.forBulkWork(other.reserve));
            to = other.to == null ? null : other.to.forBulkWork(other.reserve);
            classifier = other.classifier;
            concurrency = other.concurrency;
            pageSize = other.pageSize;
            reserve = other.reserve;
            maxRetries = other.maxRetries;
            retryDelay = other.retryDelay;
            listener = other.listener;
            clock = other.clock;
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
         * Sets how many sessions are looked at, and would be moved, at the same time.
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
         * Sets how many sessions are asked for with one call of the scan.
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
         * Sets which part of the stores' quotas is left to live traffic, now and in the migration.
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
         * Sets how often a failed read is repeated; one of the scan, without which the run ends, twice as often.
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
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(AnalysisListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        /**
         * Sets the clock for the times in the report and the latency of the stores.
         *
         * @param source the clock; the system's if not set
         * @return this builder
         */
        public Builder clock(Clock source) {
            clock = requireNonNull(source, "source");
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
