package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;

/**
 * What can be set for every run over a store: how much at a time, how fast, how patient. Not thread-safe.
 *
 * @param <B> the builder of the run
 * @since 0.1
 */
public abstract sealed class RunBuilder<B extends RunBuilder<B>>
        permits Migrator.Builder, Validator.Builder, Backup.Builder, Retirement.Builder, SessionAnalyzer.Builder {

    private static final int DEFAULT_CONCURRENCY = 10;
    private static final int DEFAULT_PAGE_SIZE = 200;
    private static final double DEFAULT_RESERVE = 0.3;

    int concurrency = DEFAULT_CONCURRENCY;
    int pageSize = DEFAULT_PAGE_SIZE;
    double reserve = DEFAULT_RESERVE;
    int maxRetries = Retries.DEFAULT_MAX;
    Duration retryDelay = Retries.DEFAULT_DELAY;
    Clock clock = Clock.systemUTC();

    RunBuilder() {}

    RunBuilder(RunBuilder<B> other) {
        concurrency = other.concurrency;
        pageSize = other.pageSize;
        reserve = other.reserve;
        maxRetries = other.maxRetries;
        retryDelay = other.retryDelay;
        clock = other.clock;
    }

    abstract B self();

    /**
     * Sets how many sessions, or groups of them where they are handled in groups, are worked on at the same time.
     *
     * @param sessions how many at most; at least 1, 10 if not set
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public B concurrency(int sessions) {
        if (sessions < 1) {
            throw new IllegalArgumentException("concurrency is " + sessions + "; it must be at least 1");
        }
        concurrency = sessions;
        return self();
    }

    /**
     * Sets how many sessions are asked for with one call of a scan.
     *
     * @param sessions how many at most; at least 2, 200 if not set
     * @return this builder
     * @throws IllegalArgumentException if it is less than 2
     */
    public B pageSize(int sessions) {
        if (sessions < 2) {
            throw new IllegalArgumentException("pageSize is " + sessions + "; it must be at least 2");
        }
        pageSize = sessions;
        return self();
    }

    /**
     * Sets which part of the stores' quotas is left to live traffic. The rest is used as far as the concurrency goes.
     *
     * @param share the part; at least 0 and less than 1, 0.3 if not set
     * @return this builder
     * @throws IllegalArgumentException if it is out of bounds
     */
    public B reserve(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("reserve is " + share + "; it must be at least 0 and less than 1");
        }
        reserve = share;
        return self();
    }

    /**
     * Sets how often a failed call is repeated; one of the scan of the source, without which the run ends, twice as often.
     *
     * @param retries how often at most; not negative, 3 if not set
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public B maxRetries(int retries) {
        maxRetries = Retries.requireMax(retries);
        return self();
    }

    /**
     * Sets the wait before the first repetition; each further one is about twice as long, up to a minute.
     *
     * @param delay the wait; positive and less than a minute, 200 ms if not set
     * @return this builder
     * @throws IllegalArgumentException if it is out of bounds
     */
    public B retryDelay(Duration delay) {
        retryDelay = Retries.requireDelay(delay);
        return self();
    }

    /**
     * Sets the clock for all times that the run tells, and for the age of sessions where that counts.
     *
     * @param source the clock; the system's if not set
     * @return this builder
     */
    public B clock(Clock source) {
        clock = requireNonNull(source, "source");
        return self();
    }
}
