package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.PlanSource;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SessionRouter;
import io.github.sessionferry.migration.internal.Threads;
import io.github.sessionferry.migration.internal.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions in two stores while users talk, stage by stage: which store is read and written follows a plan that may change
 * at any time, also in several processes at once.
 *
 * <pre>{@code
 * StagedSessionService staged = StagedSessionService.builder(source, target, plan)
 *         .debtFile(Path.of("/var/lib/app/session-debt.jsonl"))
 *         .build();
 * SessionService sessions = staged.serviceFor(userId, Channel.TEXT);
 * }</pre>
 *
 * <p>In each stage one store is the authority, as {@link io.github.sessionferry.core.rollout.Stage} says.
 *
 * <ul>
 *   <li><b>What the authority has acknowledged is not lost.</b> It is brought to the other store as well, in the stages that
 *       write both. What cannot be brought there is noted, durably, and settled later: the {@linkplain #debt() debt}.
 *   <li><b>Nothing is doubled.</b> Events are matched by id; an outcome that is unknown is looked up by comparing both
 *       stores.
 *   <li><b>What was deleted stays deleted</b>, whatever copies the other store still has. While a copy is under way
 *       elsewhere, another process may for that moment still see the session.
 *   <li><b>A process does not read backwards.</b> A read never lacks an event that this process has read or written before,
 *       whichever store serves it; if that cannot be had, the read fails. Remembered are the ten thousand sessions used
 *       last.
 *   <li><b>An operation sees one stage</b> from its begin to its end.
 *   <li><b>A store that a caller does not need does not delay the caller</b> by more than
 *       {@link Builder#secondWriteWait}. The store that a caller needs has its own deadlines.
 * </ul>
 *
 * <p>State that the sessions of an application share is decided by one store for everybody, that of the plan's base stage.
 *
 * <p>Thread-safe. The stores are the caller's to close, after this service.
 *
 * @since 0.1
 */
public final class StagedSessionService implements SessionRouter, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration TIME_TO_END = Duration.ofSeconds(5);

    private final Staging staging;
    private final @Nullable IntentFile file;
    private final @Nullable ExecutorService ownThreads;
    private final ScheduledExecutorService shadowTimer;
    private final ScheduledExecutorService settler;
    private final Duration settleInterval;
    private final SessionService text;
    private final SessionService live;

    private StagedSessionService(Builder builder) {
        StorePair stores = new StorePair(builder.source, builder.target);
        file = builder.debtFile == null ? null : IntentFile.open(builder.debtFile, builder.forcesDebtFile);
        ownThreads = builder.executor == null ? Threads.perTask() : null;
        Executor executor = builder.executor == null ? requireNonNull(ownThreads) : builder.executor;
        DeletedSessions deleted = new DeletedSessions(stores, builder.clock);
        Settlement settlement = new Settlement(stores, deleted);
        shadowTimer = Threads.scheduler("session-shadow");
        BoundedParallelism parallel = new BoundedParallelism(executor, builder.settleConcurrency);
        Debts debts = new Debts(stores, file, builder.clock, builder.listener, parallel);
        staging = new Staging(
                builder,
                stores,
                new PlanUses(builder.plans),
                deleted,
                debts,
                settlement,
                new SecondWrites(
                        stores,
                        settlement,
                        debts,
                        executor,
                        builder.secondWriteWait,
                        builder.mostSecondWrites,
                        builder.listener),
                new ShadowReads(
                        stores, executor, shadowTimer, builder.shadowSample, builder.mostShadowReads, builder.listener),
                parallel);
        text = new StagedView(staging, Channel.TEXT);
        live = new StagedView(staging, Channel.LIVE);
        settleInterval = builder.settleInterval;
        settler = Threads.scheduler("session-debt");
        if (!settleInterval.isZero()) {
            scheduleSettling(settleInterval);
        }
    }

    /**
     * Starts a service.
     *
     * @param source the store in use before
     * @param target the store that is moved to
     * @param plans who is in which stage
     * @return a builder
     */
    public static Builder builder(SessionService source, SessionService target, PlanSource plans) {
        return new Builder(source, target, plans);
    }

    /**
     * Picks the view of a channel. It serves every user, each by the user's own stage at each call, so it may be kept.
     */
    @Override
    public SessionService serviceFor(@Nullable String userId, Channel channel) {
        return requireNonNull(channel, "channel") == Channel.LIVE ? live : text;
    }

    /**
     * Tells what one store has acknowledged and the other may lack, as far as this process, its file and both stores know.
     *
     * @return the sessions, one entry each
     * @throws io.github.sessionferry.core.SessionException if a store cannot be asked
     */
    public List<Owed> debt() {
        return staging.debts().all();
    }

    /**
     * Settles the debt of all processes now, as far as both stores allow.
     *
     * @return how many sessions or stores could not be settled; 0 if nothing is owed any more
     */
    public int settleDebt() {
        return settleDebt(true);
    }

    private int settleDebt(boolean thoroughly) {
        int left = staging.settleAll(thoroughly);
        staging.listener().debtLookedFor(left);
        return left;
    }

    /**
     * Tells how many sessions this process owes: those of which it knows that one store has acknowledged what the other may
     * lack. Asks no store.
     *
     * @return the number; other processes may owe more, see {@link #debt()}
     */
    public int ownDebt() {
        return staging.debts().ownSize();
    }

    /**
     * Tells of how many sessions changes are on their way to the other store.
     *
     * @return the number
     */
    public int secondWritesUnderWay() {
        return staging.secondWrites().pending();
    }

    /**
     * Tells whether every operation of an older plan has ended, those beside the callers' paths included.
     *
     * @return true if everything under way goes by the plan that {@link #plan()} tells
     */
    public boolean isDrained() {
        return staging.plans().isDrained();
    }

    /**
     * The plan that operations go by which begin now.
     *
     * @return the plan
     */
    public RolloutPlan plan() {
        return staging.plans().plan();
    }

    /**
     * Goes back to the source at once, whatever the plan says, in this process: from now on everything is read from and
     * written to the source alone. What only the target has stays debt.
     *
     * @param reason why, for logs and listeners
     */
    public void beginEmergency(String reason) {
        requireNonNull(reason, "reason");
        staging.beginEmergency();
        LOG.error("event=emergency_begun reason={}", Json.write(reason));
        staging.listener().emergency(reason);
    }

    /** Goes by the plan again. */
    public void endEmergency() {
        staging.endEmergency();
        LOG.warn("event=emergency_ended");
    }

    /**
     * Whether everything is served by the source, whatever the plan says.
     *
     * @return true between {@link #beginEmergency} and {@link #endEmergency}
     */
    public boolean isEmergency() {
        return staging.isEmergency();
    }

    private void scheduleSettling(Duration pause) {
        var unused = settler.schedule(() -> settleAndGoOn(pause), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void settleAndGoOn(Duration pause) {
        int failed = 1;
        try {
            failed = settleDebt(false);
        } catch (RuntimeException e) {
            LOG.error("event=settling_broken trace={}", Traces.withoutMessages(e));
        }
        Duration longer = pause.multipliedBy(2);
        Duration next = failed == 0 ? settleInterval : longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        if (!settler.isShutdown()) {
            scheduleSettling(next);
        }
    }

    /**
     * Ends: waits a few seconds for second writes that are under way. What is not done then stays in the debt file. Views
     * must not be used any more.
     */
    @Override
    public void close() {
        settler.shutdownNow();
        shadowTimer.shutdownNow();
        if (ownThreads != null) {
            ownThreads.shutdown();
            try {
                if (!ownThreads.awaitTermination(TIME_TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn(
                            "event=second_writes_left sessions={}",
                            staging.secondWrites().pending());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (file != null) {
            file.close();
        }
    }

    /**
     * Builds a staged service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        final SessionService source;
        final SessionService target;
        final PlanSource plans;
        Clock clock = Clock.systemUTC();
        StagedListener listener = StagedListener.NONE;
        boolean talksLive;
        boolean writesInEmergency;

        @Nullable
        Instant legacyUntil;

        private @Nullable Path debtFile;
        private boolean forcesDebtFile = true;
        private @Nullable Executor executor;
        private Duration secondWriteWait = Duration.ofMillis(40);
        private Duration settleInterval = Duration.ofSeconds(5);
        private int settleConcurrency = 8;
        private int mostSecondWrites = 1_000;
        private int mostShadowReads = 100;
        private double shadowSample = 0.1;

        private Builder(SessionService source, SessionService target, PlanSource plans) {
            this.source = requireNonNull(source, "source");
            this.target = requireNonNull(target, "target");
            this.plans = requireNonNull(plans, "plans");
        }

        /**
         * Sets the file of this process in which each change is noted before it is made. Without it, a process that is
         * killed between its two writes leaves a difference that only a validation finds.
         *
         * @param file a file of this process alone; it is made if it is not there
         * @return this builder
         */
        public Builder debtFile(Path file) {
            debtFile = requireNonNull(file, "file");
            return this;
        }

        /**
         * Sets whether a note is on the disk before its change is made, so that it also outlives a crash of the machine; if
         * not, it outlives a crash of the process.
         *
         * @param forces true if not set
         * @return this builder
         */
        public Builder forcesDebtFile(boolean forces) {
            forcesDebtFile = forces;
            return this;
        }

        /**
         * Sets how long a caller waits for the second store at most. The write goes on when the caller does not wait any
         * longer.
         *
         * @param wait not negative; 40 ms if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder secondWriteWait(Duration wait) {
            if (wait.isNegative()) {
                throw new IllegalArgumentException("secondWriteWait is " + wait + "; it must not be negative");
            }
            secondWriteWait = wait;
            return this;
        }

        /**
         * Sets how many second writes may be under way; more become debt at once.
         *
         * @param most at least 1; 1,000 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder mostSecondWrites(int most) {
            mostSecondWrites = requirePositive("mostSecondWrites", most);
            return this;
        }

        /**
         * Sets which share of the reads in {@link io.github.sessionferry.core.rollout.Stage#SHADOW} is compared.
         *
         * @param share from 0 to 1; 0.1 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder shadowSample(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("shadowSample is " + share + "; it must be from 0 to 1");
            }
            shadowSample = share;
            return this;
        }

        /**
         * Sets how many comparisons may be under way; more are dropped and told to the listener.
         *
         * @param most at least 1; 100 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder mostShadowReads(int most) {
            mostShadowReads = requirePositive("mostShadowReads", most);
            return this;
        }

        private static int requirePositive(String name, int number) {
            if (number < 1) {
                throw new IllegalArgumentException(name + " is " + number + "; it must be at least 1");
            }
            return number;
        }

        /**
         * Sets how often the debt of all processes is looked for and settled; after a failure it takes longer each time, up
         * to five minutes.
         *
         * @param interval zero for never; 5 s if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder settleInterval(Duration interval) {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("settleInterval is " + interval + "; it must not be negative");
            }
            settleInterval = interval;
            return this;
        }

        /**
         * Sets how much debt is settled at the same time, so that a session that cannot be settled does not hold up the
         * others.
         *
         * @param sessions how many at most; at least 1, 8 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder settleConcurrency(int sessions) {
            settleConcurrency = requirePositive("settleConcurrency", sessions);
            return this;
        }

        /**
         * Sets whether users also talk {@linkplain Channel#LIVE live}. Then text, where the target decides, goes on writing
         * to the source in every stage, and looks there at each read whether something new was said.
         *
         * @param talks false if not set
         * @return this builder
         */
        public Builder talksLive(boolean talks) {
            talksLive = talks;
            return this;
        }

        /**
         * Sets whether the other store takes an append while the authority cannot be reached, as debt of the authority.
         *
         * @param writes false if not set: the append fails
         * @return this builder
         */
        public Builder writesInEmergency(boolean writes) {
            writesInEmergency = writes;
            return this;
        }

        /**
         * Sets until when {@link io.github.sessionferry.core.rollout.Stage#TARGET_WITH_FALLBACK} looks for sessions that only
         * the source has.
         *
         * @param time the cut-off date; always if not set
         * @return this builder
         */
        public Builder legacyUntil(Instant time) {
            legacyUntil = requireNonNull(time, "time");
            return this;
        }

        /**
         * Sets who is told what happens beside the callers' paths.
         *
         * @param listener nobody if not set
         * @return this builder
         */
        public Builder listener(StagedListener listener) {
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
         * Sets what runs second writes and comparisons.
         *
         * @param executor threads that may block; a thread for each task, virtual where the JVM has them, if not set. The
         *     caller's to shut down, after the service
         * @return this builder
         */
        public Builder executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Makes the service. What an earlier process has left in the debt file is settled by it.
         *
         * @return the service; close it
         * @throws IllegalArgumentException if the debt file cannot be used
         */
        public StagedSessionService build() {
            return new StagedSessionService(this);
        }
    }
}
