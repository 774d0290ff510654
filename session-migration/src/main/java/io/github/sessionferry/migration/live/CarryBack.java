package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.Failure;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.SessionOutcome;
import io.github.sessionferry.migration.internal.Threads;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Carries back to the source what was written to the target alone: whole sessions, events, state, deletions, and state that
 * sessions share.
 *
 * <p>It goes through all that the target has, page by page, and makes the source hold it too; running it again does what was
 * not done. Applications may go on writing. It is complete if it begins when every process goes by a plan in which both
 * stores are written, or the source alone: a {@link StagedRollback} sees to that.
 *
 * <p>Nothing is lost that the source alone has: a session that both have changed has the events of both afterwards. Which
 * store's shared state stands is said by the plan.
 *
 * <p>Thread-safe. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class CarryBack {

    private final StorePair stores;
    private final RolloutPlan plan;
    private final int concurrency;
    private final DeletedSessions deleted;
    private final Settlement settlement;
    private final CarriedSessions sessions;
    private final MigrationListener listener;
    private final Migrator migrator;

    private CarryBack(Builder builder) {
        plan = builder.plan;
        concurrency = builder.concurrency;
        listener = builder.listener;
        stores =
                new StorePair(builder.source.forBulkWork(builder.reserve), builder.target.forBulkWork(builder.reserve));
        deleted = new DeletedSessions(stores, builder.clock);
        settlement = new Settlement(stores, deleted);
        sessions = new CarriedSessions(builder.file);
        migrator = Migrator.builder(
                        deleted.withoutDeleted(StoreSide.TARGET),
                        new SourceTakingBack(deleted.withDeletedRemoved(StoreSide.SOURCE), settlement, plan))
                .concurrency(builder.concurrency)
                .listener(new Listener())
                .clock(builder.clock)
                .build();
    }

    /**
     * Starts.
     *
     * @param source the store in use before, which is written
     * @param target the store that was moved to, of which only old copies of deleted sessions go
     * @param plan by which processes go: it says which store decides
     * @return a builder
     */
    public static Builder builder(SessionService source, SessionService target, RolloutPlan plan) {
        return new Builder(source, target, plan);
    }

    /**
     * Carries back. Blocks until everything was tried.
     *
     * @return what was done
     * @throws IllegalStateException if it has run already
     * @throws java.io.UncheckedIOException if the file could not be written; what was carried back stays so
     */
    public CarryBackReport run() {
        try (sessions) {
            deleteWhatWasDeleted();
            MigrationReport moved = migrator.run();
            return sessions.report(moved);
        }
    }

    /** Ends the run early, as {@link Migrator#cancel()} does. */
    public void cancel() {
        migrator.cancel();
    }

    private StoreSide authority(SessionKey key) {
        return plan.stageOf(key.userId()).authority();
    }

    private void deleteWhatWasDeleted() {
        ExecutorService threads = Threads.perTask();
        Semaphore free = new Semaphore(concurrency);
        try {
            for (StoreSide side : StoreSide.values()) {
                deleted.forEach(side, deletion -> {
                    if (!deletion.settled()) {
                        free.acquireUninterruptibly();
                        threads.execute(() -> {
                            try {
                                delete(deletion);
                            } finally {
                                free.release();
                            }
                        });
                    }
                });
            }
        } finally {
            free.acquireUninterruptibly(concurrency);
            threads.shutdown();
        }
    }

    private void delete(DeletedSessions.Deletion deletion) {
        SessionKey key = deletion.key();
        try {
            boolean copyLeft = hasCopy(deletion);
            settlement.settle(key, authority(key), Settlement.Carry.NOTHING);
            if (copyLeft && !hasCopy(deletion)) {
                sessions.add(new CarriedSession(key, CarriedSession.Status.DELETED, 0, Optional.empty()));
            }
        } catch (SessionException e) {
            failed(key, e);
        }
    }

    private boolean hasCopy(DeletedSessions.Deletion deletion) {
        return stores.on(deletion.side().other())
                .find(deletion.key(), EventSelection.none())
                .filter(deletion::covers)
                .isPresent();
    }

    private void failed(SessionKey key, SessionException e) {
        sessions.add(new CarriedSession(
                key,
                CarriedSession.Status.FAILED,
                0,
                Optional.of(new Failure(e.code().name(), String.valueOf(e.getMessage())))));
    }

    /** What the source has besides is brought to the target too, where the two have gone apart. */
    private void finish(SessionOutcome outcome) {
        SessionKey key = outcome.key();
        switch (outcome.status()) {
            case CREATED ->
                sessions.add(new CarriedSession(
                        key, CarriedSession.Status.CREATED, outcome.eventsAppended(), Optional.empty()));
            case UPDATED, TARGET_AHEAD -> bringTogether(outcome);
            case FAILED, SKIPPED ->
                sessions.add(new CarriedSession(key, CarriedSession.Status.FAILED, 0, outcome.failure()));
            case UNCHANGED, GONE -> {}
        }
    }

    private void bringTogether(SessionOutcome outcome) {
        SessionKey key = outcome.key();
        try {
            boolean alike = settlement.isAlike(key);
            if (!alike) {
                settlement.settle(key, authority(key), Settlement.Carry.EVENTS);
            }
            if (!alike || outcome.status() == SessionOutcome.Status.UPDATED) {
                sessions.add(new CarriedSession(
                        key, CarriedSession.Status.CARRIED_BACK, outcome.eventsAppended(), Optional.empty()));
            }
        } catch (SessionException e) {
            failed(key, e);
        }
    }

    /** Finishes each session on the thread that has carried it, and lets the caller's listener know. */
    private final class Listener implements MigrationListener {

        @Override
        public void started(String from, String to, boolean dryRun) {
            listener.started(from, to, dryRun);
        }

        @Override
        public void sessionDone(SessionOutcome outcome) {
            finish(outcome);
            listener.sessionDone(outcome);
        }

        @Override
        public void progress(MigrationProgress progress) {
            listener.progress(progress);
        }

        @Override
        public void finished(MigrationReport report) {
            listener.finished(report);
        }
    }

    /**
     * Builds a run. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionService source;
        private final SessionService target;
        private final RolloutPlan plan;
        private Clock clock = Clock.systemUTC();
        private MigrationListener listener = new MigrationListener() {};
        private int concurrency = 10;
        private double reserve = 0.3;
        private @Nullable Path file;

        private Builder(SessionService source, SessionService target, RolloutPlan plan) {
            this.source = requireNonNull(source, "source");
            this.target = requireNonNull(target, "target");
            this.plan = requireNonNull(plan, "plan");
        }

        /**
         * Sets how many sessions are dealt with at the same time.
         *
         * @param sessions at least 1; 10 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(int sessions) {
            if (sessions < 1) {
                throw new IllegalArgumentException("concurrency is " + sessions + "; it must be at least 1");
            }
            concurrency = sessions;
            return this;
        }

        /**
         * Sets which part of a store's quota is left to live traffic.
         *
         * @param share at least 0 and less than 1; 0.3 if not set
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
         * Sets the file that names each session that was not the same in both stores, on a line of JSON.
         *
         * @param file replaced if it is there; none if not set
         * @return this builder
         */
        public Builder file(Path file) {
            this.file = requireNonNull(file, "file");
            return this;
        }

        /**
         * Sets who is told how the run gets on, as of a migration from the target to the source.
         *
         * @param listener nobody if not set
         * @return this builder
         */
        public Builder listener(MigrationListener listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets the clock.
         *
         * @param clock the system's if not set
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Makes the run.
         *
         * @return the run, which may run once
         * @throws IllegalArgumentException if the file cannot be written
         * @throws IllegalStateException if the source cannot be written
         */
        public CarryBack build() {
            return new CarryBack(this);
        }
    }
}
