package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.ValidationReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the users of a migration from stage to stage, forth and back, in all processes.
 *
 * <pre>{@code
 * MigrationController controller = MigrationController.builder(source, target).build();
 * controller.moveTo(RolloutPlan.everybodyIn(Stage.DUAL_WRITE), Set.of(), "ada", "begin");
 * boolean followed = controller.awaitSettled(Duration.ofMinutes(1));
 * }</pre>
 *
 * <p>The plan is kept in the source, where each process follows it by a {@link StoredPlan}. A user moves one stage at a
 * time. A move begins when every process goes by the plan before it, and is settled when every process goes by the new one.
 * What else it waits for is said by the {@linkplain Guard guards}. Of two moves at the same time one is refused. Each change
 * is kept for good, with who asked for it, why, and which guards were overridden.
 *
 * <p>Thread-safe, also over several processes. The stores are the caller's to close.
 *
 * @since 0.1
 */
public final class MigrationController {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationController.class);

    private static final int TRIES = 20;

    private final PlanRecords records;
    private final Leases leases;
    private final MoveGuards guards;
    private final Clock clock;
    private final Duration pause;
    private final Consumer<Duration> waiter;
    private final StagedListener listener;
    private final @Nullable StagedSessionService local;
    private final String sourceName;

    private MigrationController(Builder builder) {
        clock = builder.clock;
        pause = builder.pause;
        waiter = builder.waiter;
        listener = builder.listener;
        local = builder.local;
        sourceName = builder.source.name();
        records = new PlanRecords(builder.source, clock);
        leases = new Leases(builder.source, clock);
        guards = new MoveGuards(new StorePair(builder.source, builder.target), clock, leases);
    }

    /**
     * Starts a controller.
     *
     * @param source the store in use before, which keeps the plan
     * @param target the store that is moved to
     * @return a builder
     */
    public static Builder builder(SessionService source, SessionService target) {
        return new Builder(source, target);
    }

    /**
     * Tells how far the migration is.
     *
     * @return the status; everybody is in {@link Stage#SOURCE_ONLY} with version 0 while no plan was ever written
     * @throws SessionException if the source cannot be asked, or its plan cannot be read
     */
    public MigrationStatus status() {
        PlanRecord record = standing().record();
        return new MigrationStatus(
                record.plan(),
                record.change(),
                record.settledAt(),
                record.validation().map(PlanRecord.Validation::time),
                record.owesCarryBack(),
                leases.all());
    }

    private PlanRecords.Standing standing() {
        return records.find()
                .orElseGet(() -> new PlanRecords.Standing(Optional.empty(), PlanRecord.initial(clock.instant())));
    }

    /**
     * Tells all changes of the plan, those that were refused too.
     *
     * @return the changes, the oldest first
     * @throws SessionException if the source cannot be asked
     */
    public List<PlanChange> history() {
        return records.history();
    }

    /**
     * Moves users to the stages of another plan. The move is begun then, and {@linkplain #awaitSettled settled} when every
     * process has followed.
     *
     * @param next who is to be in which stage; its version does not count
     * @param overrides the guards that are not to stop it
     * @param by who asks for it
     * @param reason why
     * @return the plan as it was written; the present one if it says the same already
     * @throws MoveRefusedException if a rule or a guard stands against it, or somebody else has moved meanwhile
     * @throws SessionException if a store cannot be asked; if it is an {@link
     *     io.github.sessionferry.core.AmbiguousOutcomeException}, look at the {@link #status()}
     */
    public RolloutPlan moveTo(RolloutPlan next, Set<Guard> overrides, String by, String reason) {
        requireNonNull(by, "by");
        requireNonNull(reason, "reason");
        PlanRecords.Standing standing = records.settle(standing(), leases);
        PlanRecord record = standing.record();
        RolloutPlan wanted = next.withVersion(record.plan().version() + 1).withSettled(false);
        if (saysTheSame(record.plan(), next)) {
            return record.plan();
        }
        List<Refusal> refusals = guards.against(record, wanted);
        if (refusals.stream().anyMatch(refusal -> !isOverridden(refusal, overrides))) {
            refuse(change(record, wanted, by, reason, Set.of(), PlanChange.Outcome.REFUSED), refusals);
        }
        Set<Guard> overridden = EnumSet.noneOf(Guard.class);
        refusals.forEach(refusal -> refusal.guard().ifPresent(overridden::add));
        PlanRecord moved =
                moved(record, wanted, change(record, wanted, by, reason, overridden, PlanChange.Outcome.MOVED));
        write(standing, moved);
        if (overrides.contains(Guard.DRAINED)) {
            forgetSilentProcesses();
        }
        return wanted;
    }

    /**
     * Tells what would stand against a move now. Nothing is changed or noted.
     *
     * @param next who is to be in which stage; its version does not count
     * @return everything that stands against it; empty if it may be made
     * @throws SessionException if the source cannot be asked
     */
    public List<Refusal> refusals(RolloutPlan next) {
        PlanRecord record = standing().record();
        return saysTheSame(record.plan(), next) ? List.of() : guards.against(record, next);
    }

    private static boolean saysTheSame(RolloutPlan plan, RolloutPlan next) {
        return plan.base() == next.base()
                && plan.rollout() == next.rollout()
                && plan.policy().equals(next.policy());
    }

    private static boolean isOverridden(Refusal refusal, Set<Guard> overrides) {
        return refusal.guard().filter(overrides::contains).isPresent();
    }

    private PlanChange change(
            PlanRecord record,
            RolloutPlan next,
            String by,
            String reason,
            Set<Guard> overridden,
            PlanChange.Outcome outcome) {
        return new PlanChange(
                next.version(),
                clock.instant(),
                by,
                reason,
                PlanPosition.of(record.plan()),
                PlanPosition.of(next),
                overridden,
                outcome);
    }

    private void refuse(PlanChange change, List<Refusal> refusals) {
        LOG.warn("event=stage_move_refused version={} refusals={}", change.version(), refusals.size());
        try {
            records.keep(change);
        } catch (SessionException e) {
            LOG.warn("event=refusal_not_kept code={}", e.code());
        }
        throw new MoveRefusedException(refusals);
    }

    private static PlanRecord moved(PlanRecord record, RolloutPlan next, PlanChange change) {
        Set<StageStep> steps = StageStep.between(record.plan(), next);
        boolean goesBack = steps.stream().anyMatch(StageStep::goesBack);
        boolean sourceWrittenAgain = steps.stream()
                .anyMatch(step -> step.goesBack()
                        && step.to().writesBoth()
                        && !step.from().writesBoth());
        return new PlanRecord(
                next,
                change,
                Optional.empty(),
                goesBack ? Optional.empty() : record.validation(),
                record.owesCarryBack() || sourceWrittenAgain);
    }

    /** Writes the next plan. How the present one came about is kept before, so that no change is ever without a trace. */
    private void write(PlanRecords.Standing standing, PlanRecord next) {
        if (standing.read().isPresent()) {
            records.keep(standing.record().change());
        }
        if (!records.write(standing, next)) {
            throw new MoveRefusedException(
                    List.of(
                            Refusal.byRule(
                                    "somebody else has changed the plan at the same time; look at it, and move again if it is still right")));
        }
        LOG.info(
                "event=stage_moved plan={} overridden={}",
                Json.write(next.plan().toString()),
                next.change().overridden());
        try {
            records.keep(next.change());
        } catch (SessionException e) {
            // It stands in the plan, and is kept before the next change.
            LOG.warn("event=change_not_kept code={}", e.code());
        }
    }

    /**
     * Waits no more for processes whose leases have expired. Make sure before that they are gone: one that only cannot reach
     * the source may go on serving by an old plan. One that is heard of again is waited for again.
     *
     * @return the ids of the processes
     * @throws SessionException if the source cannot be asked
     */
    public List<String> forgetSilentProcesses() {
        Instant now = clock.instant();
        List<String> silent = leases.all().stream()
                .filter(lease -> lease.isExpired(now))
                .map(ProcessLease::process)
                .toList();
        silent.forEach(process -> {
            leases.remove(process);
            LOG.warn("event=process_forgotten process={}", Json.write(process));
        });
        return silent;
    }

    /**
     * Waits until every process goes by the plan, and notes that.
     *
     * @param atMost how long; not negative
     * @return whether every process does; {@link MigrationStatus#behind()} names those that do not
     * @throws SessionException if the source cannot be asked
     */
    public boolean awaitSettled(Duration atMost) {
        Instant end = clock.instant().plus(atMost);
        while (true) {
            if (records.settle(standing(), leases).record().plan().isSettled()) {
                return true;
            }
            if (!clock.instant().isBefore(end)) {
                return false;
            }
            waiter.accept(pause);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "interrupted while waiting for the processes of the migration", e);
        }
    }

    /**
     * Takes note of a validation, so that moves that need one may be made.
     *
     * @param report what it found
     * @return whether it counts: it was complete, found both stores equal, and began when every process already went by the
     *     present plan
     * @throws SessionException if the source cannot be asked
     */
    public boolean validated(ValidationReport report) {
        Instant started = report.run().started();
        return report.verdict() == ValidationReport.Verdict.EQUAL
                && noteAfterSettled(
                        started, record -> record.validated(report.run().finished()));
    }

    /** Takes note that what the target had was carried back by a run that began at a time. */
    boolean carriedBack(Instant started) {
        return noteAfterSettled(started, PlanRecord::carriedBack);
    }

    private boolean noteAfterSettled(Instant started, UnaryOperator<PlanRecord> note) {
        for (int i = 0; i < TRIES; i++) {
            Optional<PlanRecords.Standing> standing = records.find();
            if (standing.isEmpty() || !standing.get().record().isSettledBefore(started)) {
                return false;
            }
            if (records.write(standing.get(), note.apply(standing.get().record()))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Goes back to the source at once, everybody and whatever the guards say. Each process does so at its next look at the
     * plan, the {@linkplain Builder#local local} one now.
     *
     * <p>A step that fails does not stop the next one. What only the target has is not lost: it is carried back afterwards,
     * by a {@link StagedRollback} to {@link Stage#SOURCE_ONLY}.
     *
     * @param by who asks for it
     * @param reason why, for logs and listeners
     * @return what was done
     */
    public EmergencyReport emergency(String by, String reason) {
        requireNonNull(by, "by");
        requireNonNull(reason, "reason");
        EmergencySteps steps = new EmergencySteps(clock);
        if (local != null) {
            steps.attempt("serve this process from the source", () -> {
                local.beginEmergency(reason);
                return "done at once";
            });
        }
        boolean written = steps.attempt("tell all processes", () -> writeEmergency(by, reason));
        if (!written) {
            steps.leave(
                    "switch processes off by hand",
                    "the plan in " + sourceName
                            + " could not be written; unset AGENT_ENGINE_ID in the environment of each"
                            + " process, and restart it");
        }
        steps.attempt("alert", () -> {
            listener.emergency(reason);
            return "listeners were told";
        });
        steps.attempt("look up what is owed", () -> owedAfterEmergency(written));
        return steps.report();
    }

    private String writeEmergency(String by, String reason) {
        for (int i = 0; i < TRIES; i++) {
            PlanRecords.Standing standing = standing();
            PlanRecord record = standing.record();
            RolloutPlan next = RolloutPlan.of(
                            Stage.SOURCE_ONLY, Stage.SOURCE_ONLY, record.plan().policy())
                    .withVersion(record.plan().version() + 1)
                    .withSettled(false);
            PlanChange change =
                    change(record, next, by, reason, EnumSet.allOf(Guard.class), PlanChange.Outcome.EMERGENCY);
            boolean owes = record.owesCarryBack() || everDecidedByTarget(record);
            try {
                write(standing, new PlanRecord(next, change, Optional.empty(), Optional.empty(), owes));
                return "everybody is in " + Stage.SOURCE_ONLY + " by the plan of version " + next.version()
                        + "; processes that have a StoredPlan follow at their next look";
            } catch (MoveRefusedException somebodyElseMoved) {
                LOG.warn("event=emergency_again version={}", next.version());
            }
        }
        throw new MoveRefusedException(List.of(Refusal.byRule(
                "others have changed the plan at the same time again and again; stop them, and try again")));
    }

    /** A plan that is not settled may still be the one before it somewhere. */
    private static boolean everDecidedByTarget(PlanRecord record) {
        return isDecidedByTarget(record.change().to())
                || (!record.plan().isSettled()
                        && isDecidedByTarget(record.change().from()));
    }

    private static boolean isDecidedByTarget(PlanPosition position) {
        return position.base().authority() == StoreSide.TARGET
                || position.rollout().authority() == StoreSide.TARGET;
    }

    private String owedAfterEmergency(boolean written) {
        if (!written) {
            return "what only the target has is found and carried back by \"session rollback\" once the source answers";
        }
        return standing().record().owesCarryBack()
                ? "noted: what only the target has is to be found and carried back by \"session rollback\""
                : "nothing was written to the target alone";
    }

    /**
     * Builds a controller. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionService source;
        private final SessionService target;
        private Clock clock = Clock.systemUTC();
        private Duration pause = Duration.ofMillis(250);
        private Consumer<Duration> waiter = MigrationController::sleep;
        private StagedListener listener = StagedListener.NONE;
        private @Nullable StagedSessionService local;

        private Builder(SessionService source, SessionService target) {
            this.source = requireNonNull(source, "source");
            this.target = requireNonNull(target, "target");
        }

        /**
         * Sets the service of this very process, which an emergency sends back to the source first.
         *
         * @param staged none if not set
         * @return this builder
         */
        public Builder local(StagedSessionService staged) {
            local = requireNonNull(staged, "staged");
            return this;
        }

        /**
         * Sets who is alerted in an emergency.
         *
         * @param listener nobody if not set
         * @return this builder
         */
        public Builder listener(StagedListener listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets how often is looked whether processes have followed.
         *
         * @param pause positive; 250 ms if not set
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder pause(Duration pause) {
            if (pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException("pause is " + pause + "; it must be positive");
            }
            this.pause = pause;
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
         * Makes the controller.
         *
         * @return the controller
         */
        public MigrationController build() {
            return new MigrationController(this);
        }
    }
}
