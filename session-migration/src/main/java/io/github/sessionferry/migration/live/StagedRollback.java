package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.ValidationListener;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes a migration back to an earlier stage, with all that was written on the way: step by step, each one settled in every
 * process and seen to be stable before the next.
 *
 * <p>Where the target alone was written, both stores are written again first; then what the source lacks is {@linkplain
 * CarryBack carried back}, both stores are proven equal, and only then the source decides again. After an {@linkplain
 * MigrationController#emergency emergency} it carries back what the emergency has left.
 *
 * <p>It stops at the first step that cannot be done, or after which too many calls fail; running it again goes on there.
 *
 * <p>Thread-safe. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class StagedRollback {

    private static final double MOST_ERRORS = 0.05;
    private static final Duration DEBT_PAUSE = Duration.ofSeconds(1);

    private final SessionService source;
    private final SessionService target;
    private final MigrationController controller;
    private final Set<Guard> overrides;
    private final String by;
    private final String reason;
    private final Duration settleTime;
    private final Duration window;
    private final Supplier<CallCounts> calls;
    private final Consumer<Duration> waiter;
    private final Clock clock;
    private final @Nullable Path file;
    private final double reserve;
    private final MigrationListener carryBackListener;
    private final ValidationListener validationListener;
    private final List<RollbackReport.Step> steps = new ArrayList<>();
    private Optional<CarryBackReport> carriedBack = Optional.empty();
    private Optional<ValidationReport> validation = Optional.empty();
    private volatile boolean cancelled;
    private volatile Runnable cancelCurrent = () -> {};

    private StagedRollback(Builder builder) {
        source = builder.source;
        target = builder.target;
        controller = builder.controller;
        overrides = builder.overrides;
        by = builder.by;
        reason = builder.reason;
        settleTime = builder.settleTime;
        window = builder.window;
        Supplier<CallCounts> told = builder.calls;
        calls = told == null ? this::callsOfAllProcesses : told;
        waiter = builder.waiter;
        clock = builder.clock;
        file = builder.file;
        reserve = builder.reserve;
        carryBackListener = builder.carryBackListener;
        validationListener = builder.validationListener;
    }

    /**
     * Starts.
     *
     * @param source the store in use before
     * @param target the store that was moved to
     * @param controller of the same two stores
     * @return a builder
     */
    public static Builder builder(SessionService source, SessionService target, MigrationController controller) {
        return new Builder(source, target, controller);
    }

    /** A step that was not done, and is the last one. */
    private static final class StoppedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        StoppedException(String message) {
            super(message);
        }
    }

    /**
     * Goes back until nobody is in a later stage. Blocks until then, or until a step cannot be done.
     *
     * @param to the stage
     * @return what was done
     */
    public synchronized RollbackReport run(Stage to) {
        requireNonNull(to, "to");
        steps.clear();
        try {
            while (goOn(to)) {
                // The next step is chosen by what the plan says then.
            }
        } catch (StoppedException e) {
            // The step tells.
        }
        return new RollbackReport(steps, carriedBack, validation);
    }

    /** Ends the run early, after what is under way. May be called from any thread. */
    public void cancel() {
        cancelled = true;
        cancelCurrent.run();
    }

    /** Does what comes next, and tells whether there may be more. */
    private boolean goOn(Stage to) {
        MigrationStatus status = step(RollbackPhase.STOP_ROLLOUT, false, () -> {
            awaitSettled();
            return controller.status();
        });
        RolloutPlan plan = status.plan();
        boolean isThere = plan.base().compareTo(to) <= 0 && plan.rollout().compareTo(to) <= 0;
        RolloutPlan next = isThere ? plan : before(plan);
        Set<StageStep> moves = StageStep.between(plan, next);
        boolean revertsPriority = moves.stream().anyMatch(StageStep::changesAuthority);
        if (revertsPriority || (status.owesCarryBack() && mayCarryBack(plan))) {
            carryBack(plan);
        }
        if (isThere) {
            return false;
        }
        if (revertsPriority) {
            validate();
        }
        RollbackPhase phase = plan.base() != plan.rollout()
                ? RollbackPhase.STOP_ROLLOUT
                : RollbackPhase.of(moves.iterator().next());
        move(phase, next);
        return true;
    }

    /** Carrying back makes sense only where nothing more is written to the target alone. */
    private static boolean mayCarryBack(RolloutPlan plan) {
        return plan.base().compareTo(Stage.TARGET_FIRST) <= 0 && plan.rollout().compareTo(Stage.TARGET_FIRST) <= 0;
    }

    private static RolloutPlan before(RolloutPlan plan) {
        Stage base = plan.base();
        Stage rollout = plan.rollout();
        Stage next = base == rollout ? base.previous().orElseThrow() : base.compareTo(rollout) < 0 ? base : rollout;
        return RolloutPlan.of(next, next, plan.policy());
    }

    private void move(RollbackPhase phase, RolloutPlan next) {
        var unused = step(phase, true, () -> {
            CallCounts before = calls.get();
            awaitNoDebt(next);
            RolloutPlan moved = controller.moveTo(next, overrides, by, reason);
            awaitSettled();
            requireStable(before);
            return "everybody is in " + moved.base() + ", in every process";
        });
    }

    private void awaitSettled() {
        if (controller.awaitSettled(settleTime)) {
            return;
        }
        if (overrides.contains(Guard.DRAINED)) {
            controller.forgetSilentProcesses();
            if (controller.awaitSettled(Duration.ZERO)) {
                return;
            }
        }
        List<ProcessLease> behind = controller.status().behind();
        throw new StoppedException(behind.size() + " processes have not followed within " + settleTime + ": "
                + behind.stream().limit(5).map(ProcessLease::process).collect(Collectors.joining(", "))
                + "; end those that hang, or override " + Guard.DRAINED
                + " if they are gone, and run the same again");
    }

    /** Processes settle what they owe by themselves, but not at once. */
    private void awaitNoDebt(RolloutPlan next) {
        Instant end = clock.instant().plus(settleTime);
        while (!overrides.contains(Guard.DEBT_ZERO)
                && !cancelled
                && clock.instant().isBefore(end)
                && controller.refusals(next).stream()
                        .anyMatch(refusal -> refusal.guard().equals(Optional.of(Guard.DEBT_ZERO)))) {
            waiter.accept(DEBT_PAUSE);
        }
    }

    /** Waits for a while in which calls are made, and looks how many of them fail. */
    private void requireStable(CallCounts before) {
        if (window.isZero()) {
            return;
        }
        waiter.accept(window);
        CallCounts after = calls.get();
        long made = Math.max(0, after.calls() - before.calls());
        CallCounts since = new CallCounts(made, Math.min(made, Math.max(0, after.errors() - before.errors())));
        if (since.errorRate() >= MOST_ERRORS) {
            throw new StoppedException(String.format(
                    Locale.ROOT,
                    "not stable: %.1f %% of %,d calls have failed since the step, of which less than 5 %% may; find out"
                            + " why, and run the same again to go on",
                    100 * since.errorRate(),
                    since.calls()));
        }
    }

    private CallCounts callsOfAllProcesses() {
        long made = 0;
        long failed = 0;
        for (ProcessLease lease : controller.status().processes()) {
            made += lease.calls();
            failed += lease.errors();
        }
        return new CallCounts(made, Math.min(made, failed));
    }

    private void carryBack(RolloutPlan plan) {
        var unused = step(RollbackPhase.CARRY_BACK, true, () -> {
            CarryBack.Builder builder = CarryBack.builder(source, target, plan)
                    .reserve(reserve)
                    .clock(clock)
                    .listener(carryBackListener);
            if (file != null) {
                builder.file(file);
            }
            CarryBack carryBack = builder.build();
            Instant started = clock.instant();
            cancelCurrent = carryBack::cancel;
            CarryBackReport report = carryBack.run();
            carriedBack = Optional.of(report);
            String what = report.count(CarriedSession.Status.CREATED) + " sessions created in the source, "
                    + report.count(CarriedSession.Status.CARRIED_BACK) + " brought up to date, "
                    + report.count(CarriedSession.Status.DELETED) + " deleted, "
                    + report.count(CarriedSession.Status.FAILED) + " failed";
            if (!report.succeeded()) {
                throw new StoppedException(what + "; run the same again");
            }
            if (!controller.carriedBack(started)) {
                throw new StoppedException("the plan was changed meanwhile; run the same again");
            }
            return what;
        });
    }

    private void validate() {
        var unused = step(RollbackPhase.VALIDATE, true, () -> {
            Validator validator = Validator.builder(source, target)
                    .reserve(reserve)
                    .clock(clock)
                    .listener(validationListener)
                    .build();
            cancelCurrent = validator::cancel;
            ValidationReport report = validator.run();
            validation = Optional.of(report);
            if (!controller.validated(report) && !overrides.contains(Guard.VALIDATED)) {
                throw new StoppedException("the stores were not proven equal, but " + report.verdict()
                        + "; see the report, and run the same again");
            }
            return "the stores are " + report.verdict();
        });
    }

    /** Does a step and notes it, if it is worth a note or was not done. */
    private <T> T step(RollbackPhase phase, boolean noted, Supplier<T> action) {
        Instant started = clock.instant();
        try {
            if (cancelled) {
                throw new StoppedException("cancelled; run the same again to go on");
            }
            T result = action.get();
            if (noted) {
                steps.add(new RollbackReport.Step(phase, started, clock.instant(), true, String.valueOf(result)));
            }
            return result;
        } catch (StoppedException | SessionException | MoveRefusedException e) {
            String why = String.valueOf(e.getMessage());
            steps.add(new RollbackReport.Step(phase, started, clock.instant(), false, why));
            throw new StoppedException(why);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "interrupted while looking whether the step is stable", e);
        }
    }

    /**
     * Builds a rollback. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionService source;
        private final SessionService target;
        private final MigrationController controller;
        private Set<Guard> overrides = Set.of();
        private String by = "rollback";
        private String reason = "rollback";
        private Duration settleTime = Duration.ofMinutes(1);
        private Duration window = Duration.ofSeconds(10);
        private Consumer<Duration> waiter = StagedRollback::sleep;
        private Clock clock = Clock.systemUTC();
        private double reserve = 0.3;
        private MigrationListener carryBackListener = new MigrationListener() {};
        private ValidationListener validationListener = new ValidationListener() {};
        private @Nullable Path file;
        private @Nullable Supplier<CallCounts> calls;

        private Builder(SessionService source, SessionService target, MigrationController controller) {
            this.source = requireNonNull(source, "source");
            this.target = requireNonNull(target, "target");
            this.controller = requireNonNull(controller, "controller");
        }

        /**
         * Sets the guards that are not to stop it.
         *
         * @param guards none if not set
         * @return this builder
         */
        public Builder overrides(Set<Guard> guards) {
            overrides = guards.isEmpty() ? Set.of() : EnumSet.copyOf(guards);
            return this;
        }

        /**
         * Sets who asks for it and why, for the history.
         *
         * @param by who
         * @param reason why
         * @return this builder
         */
        public Builder askedFor(String by, String reason) {
            this.by = requireNonNull(by, "by");
            this.reason = requireNonNull(reason, "reason");
            return this;
        }

        /**
         * Sets how long processes have to follow a step.
         *
         * @param time not negative; a minute if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder settleTime(Duration time) {
            settleTime = requireNotNegative("settleTime", time);
            return this;
        }

        /**
         * Sets for how long calls are watched after a step; if 5 % of them or more fail, it stops there.
         *
         * @param time zero for not at all; 10 s if not set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder window(Duration time) {
            window = requireNotNegative("window", time);
            return this;
        }

        private static Duration requireNotNegative(String name, Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException(name + " is " + time + "; it must not be negative");
            }
            return time;
        }

        /**
         * Sets where to ask what the application has served.
         *
         * @param counts tells all calls since some beginning; if not set, what the processes say with their {@linkplain
         *     StoredPlan.Builder#calls leases}
         * @return this builder
         */
        public Builder calls(Supplier<CallCounts> counts) {
            calls = requireNonNull(counts, "counts");
            return this;
        }

        /**
         * Sets which part of a store's quota is left to live traffic while sessions are carried back and compared.
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
         * Sets the file that names each session that was carried back.
         *
         * @param file replaced if it is there; none if not set
         * @return this builder
         */
        public Builder file(Path file) {
            this.file = requireNonNull(file, "file");
            return this;
        }

        /**
         * Sets who is told how carrying back and validating get on.
         *
         * @param carryingBack as of a migration from the target to the source
         * @param validating as of a validation
         * @return this builder
         */
        public Builder listeners(MigrationListener carryingBack, ValidationListener validating) {
            carryBackListener = requireNonNull(carryingBack, "carryingBack");
            validationListener = requireNonNull(validating, "validating");
            return this;
        }

        /**
         * Sets what waits.
         *
         * @param waiter returns after about the given time; sleeps if not set
         * @return this builder
         */
        public Builder waiter(Consumer<Duration> waiter) {
            this.waiter = requireNonNull(waiter, "waiter");
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
         * Makes the rollback.
         *
         * @return the rollback
         */
        public StagedRollback build() {
            return new StagedRollback(this);
        }
    }
}
