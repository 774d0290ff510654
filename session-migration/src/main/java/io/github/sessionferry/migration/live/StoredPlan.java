package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.PlanSource;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.migration.internal.Threads;
import io.github.sessionferry.migration.internal.Traces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plan that the source keeps for all processes of a migration: changed by a {@link MigrationController}, followed by
 * each process within a second.
 *
 * <pre>{@code
 * StoredPlan plan = StoredPlan.builder(source).build();
 * StagedSessionService staged = StagedSessionService.builder(source, target, plan).build();
 * plan.follow(staged);
 * }</pre>
 *
 * <ul>
 *   <li>While the source keeps no plan, everybody is in {@link io.github.sessionferry.core.rollout.Stage#SOURCE_ONLY}.
 *   <li>If the plan cannot be read, or is one that cannot be, the last one that could goes on to count, and {@link
 *       #problem()} says what is wrong.
 *   <li>A process renews a lease with each look, in which it says by which plan everything in it goes. A stage move waits
 *       for all leases. {@link #close()} gives the lease back; that of a process that was killed expires, and the next move
 *       asks whether it is really gone.
 * </ul>
 *
 * <p>Thread-safe. The source is the caller's to close, after this.
 *
 * @since 0.1
 */
public final class StoredPlan implements PlanSource, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoredPlan.class);

    private static final long NOTHING = -1;

    private final PlanRecords records;
    private final Leases leases;
    private final Clock clock;
    private final Duration leaseTime;
    private final String process;
    private final Supplier<CallCounts> calls;
    private final @Nullable ScheduledExecutorService ownScheduler;
    private final @Nullable ScheduledFuture<?> looking;
    private final Object look = new Object();
    private volatile RolloutPlan current;
    private volatile @Nullable String problem;
    private volatile @Nullable StagedSessionService follower;
    private long acknowledged = NOTHING;
    private boolean emergencyBegun;
    private boolean closed;

    private StoredPlan(Builder builder) {
        clock = builder.clock;
        leaseTime = builder.leaseTime;
        process = builder.process;
        calls = builder.calls;
        records = new PlanRecords(builder.source, clock);
        leases = new Leases(builder.source, clock);
        seed(builder.seed);
        // The lease comes first: a move that does not see it is one that this process sees.
        renewLease();
        current = read().record().plan();
        Duration interval = builder.interval;
        ownScheduler = interval.isZero() || builder.scheduler != null ? null : Threads.scheduler("session-plan");
        ScheduledExecutorService scheduler = builder.scheduler == null ? ownScheduler : builder.scheduler;
        looking = interval.isZero() || scheduler == null
                ? null
                : scheduler.scheduleWithFixedDelay(
                        this::refresh, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Starts.
     *
     * @param source the source of the migration, which keeps the plan
     * @return a builder
     */
    public static Builder builder(SessionService source) {
        return new Builder(source);
    }

    @Override
    public RolloutPlan current() {
        return current;
    }

    /**
     * Names the service that goes by this plan: until it is known, this process has acknowledged no plan, and no stage move
     * is made.
     *
     * @param staged the service of this process
     */
    public void follow(StagedSessionService staged) {
        follower = requireNonNull(staged, "staged");
        refresh();
    }

    /**
     * Tells why the plan may not be the newest one.
     *
     * @return what is wrong, with a stable beginning; empty if the last look at the source was good
     */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * The id under which this process renews its lease.
     *
     * @return the id
     */
    public String process() {
        return process;
    }

    /** Looks at the source now, and says there how far this process is. Done regularly by itself. Never throws. */
    public void refresh() {
        synchronized (look) {
            if (closed) {
                return;
            }
            try {
                PlanRecords.Standing standing = read();
                follow(standing.record());
                acknowledge();
                renewLease();
                if (!current.isSettled() && acknowledged == current.version()) {
                    var unused = records.settle(standing, leases);
                }
                problem = null;
            } catch (SessionException e) {
                freeze(e.code().name(), String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                freeze("INTERNAL", "unexpected " + e.getClass().getName());
                LOG.error("event=plan_look_broken trace={}", Traces.withoutMessages(e));
            }
        }
    }

    private void seed(@Nullable RolloutPlan plan) {
        if (plan == null || records.find().isPresent()) {
            return;
        }
        Instant now = clock.instant();
        PlanRecord first = PlanRecord.first(plan, now);
        if (records.write(new PlanRecords.Standing(Optional.empty(), first), first)) {
            records.keep(first.change());
            LOG.info("event=plan_seeded plan={}", Json.write(first.plan().toString()));
        }
    }

    private PlanRecords.Standing read() {
        return records.find()
                .orElseGet(() -> new PlanRecords.Standing(Optional.empty(), PlanRecord.initial(clock.instant())));
    }

    private void follow(PlanRecord record) {
        RolloutPlan next = record.plan();
        if (next.version() < current.version()) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    "the plan in the source, version " + next.version()
                            + ", is older than this process has seen; restore the newest record, or restart all processes");
        }
        if (!next.equals(current)) {
            LOG.info("event=plan_changed plan={}", Json.write(next.toString()));
            current = next;
        }
        followEmergency(record);
    }

    private void followEmergency(PlanRecord record) {
        StagedSessionService staged = follower;
        if (staged == null || record.isEmergency() == emergencyBegun) {
            return;
        }
        if (record.isEmergency()) {
            if (!staged.isEmergency()) {
                staged.beginEmergency(record.change().reason());
            }
        } else {
            staged.endEmergency();
        }
        emergencyBegun = record.isEmergency();
    }

    private void acknowledge() {
        StagedSessionService staged = follower;
        if (staged != null && staged.isDrained()) {
            acknowledged = current.version();
        }
    }

    private void renewLease() {
        StagedSessionService staged = follower;
        CallCounts counts = calls.get();
        leases.put(new ProcessLease(
                process,
                acknowledged,
                staged == null ? 0 : staged.ownDebt(),
                counts.calls(),
                counts.errors(),
                clock.instant().plus(leaseTime)));
    }

    private void freeze(String code, String message) {
        String what = "the plan is frozen at version " + current.version() + ": " + message;
        if (!Objects.equals(problem, what)) {
            LOG.error("event=plan_frozen version={} code={} reason={}", current.version(), code, Json.write(message));
        }
        problem = what;
    }

    /** Stops looking, and gives the lease back: nothing of this process may be under way any more. */
    @Override
    public void close() {
        synchronized (look) {
            if (closed) {
                return;
            }
            closed = true;
            if (looking != null) {
                looking.cancel(false);
            }
            if (ownScheduler != null) {
                ownScheduler.shutdownNow();
            }
            try {
                leases.remove(process);
            } catch (SessionException e) {
                LOG.warn("event=lease_not_returned process={} code={}", Json.write(process), e.code());
            }
        }
    }

    @Override
    public String toString() {
        return "StoredPlan[" + current + "]";
    }

    /**
     * Builds a stored plan. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionService source;
        private Clock clock = Clock.systemUTC();
        private Duration interval = Duration.ofSeconds(1);
        private Duration leaseTime = Duration.ofSeconds(30);
        private String process = UUID.randomUUID().toString();
        private Supplier<CallCounts> calls = () -> CallCounts.NONE;
        private @Nullable RolloutPlan seed;
        private @Nullable ScheduledExecutorService scheduler;

        private Builder(SessionService source) {
            this.source = requireNonNull(source, "source");
        }

        /**
         * Sets the plan that is written to the source if it keeps none yet, such as one from the environment.
         *
         * @param plan its version does not count; nothing is written if not set
         * @return this builder
         */
        public Builder seed(RolloutPlan plan) {
            seed = requireNonNull(plan, "plan");
            return this;
        }

        /**
         * Sets how often the source is looked at.
         *
         * @param interval zero for never by itself; 1 s if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder interval(Duration interval) {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("interval is " + interval + "; it must not be negative");
            }
            this.interval = interval;
            return this;
        }

        /**
         * Sets for how long this process is taken to be alive after a look. Clocks of processes may be apart by less than
         * that.
         *
         * @param time positive; 30 s if not set
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder leaseTime(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("leaseTime is " + time + "; it must be positive");
            }
            leaseTime = time;
            return this;
        }

        /**
         * Sets the id of this process, which people see where a move waits for it.
         *
         * @param id another one for each process that is alive, such as its host's name; by chance if not set
         * @return this builder
         */
        public Builder process(String id) {
            process = requireNonNull(id, "id");
            return this;
        }

        /**
         * Sets where to ask what this process has served, so that a rollback by phases sees whether it is stable.
         *
         * @param counts tells all calls since the process began, such as {@link CountingSessionService#counts}; thread-safe
         *     and fast; nothing is known if not set
         * @return this builder
         */
        public Builder calls(Supplier<CallCounts> counts) {
            calls = requireNonNull(counts, "counts");
            return this;
        }

        /**
         * Sets what looks at the source regularly.
         *
         * @param scheduler the caller's to shut down, after this; a daemon thread of its own if not set
         * @return this builder
         */
        public Builder scheduler(ScheduledExecutorService scheduler) {
            this.scheduler = requireNonNull(scheduler, "scheduler");
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
         * Reads the plan, and begins to look at it.
         *
         * @return the plan; close it
         * @throws SessionException if the source cannot be reached, or its plan cannot be read: without the plan, a process
         *     must not serve anybody
         */
        public StoredPlan build() {
            return new StoredPlan(this);
        }
    }
}
