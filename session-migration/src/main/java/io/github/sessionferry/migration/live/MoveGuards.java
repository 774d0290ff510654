package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells what stands against a stage move. Thread-safe. */
final class MoveGuards {

    private static final int EXAMPLES = 5;

    private final StorePair stores;
    private final Clock clock;
    private final Leases leases;
    private final DeletedSessions deleted;

    MoveGuards(StorePair stores, Clock clock, Leases leases) {
        this.stores = stores;
        this.clock = clock;
        this.leases = leases;
        deleted = new DeletedSessions(stores, clock);
    }

    List<Refusal> against(PlanRecord record, RolloutPlan next) {
        Set<StageStep> steps = StageStep.between(record.plan(), next);
        List<Refusal> refusals = new ArrayList<>();
        steps.stream()
                .filter(step -> !step.isBetweenNeighbours())
                .findFirst()
                .ifPresent(step -> refusals.add(tooFar(step)));
        if (!record.plan().isSettled()) {
            refusals.add(notDrained(record.plan()));
        }
        debt(record, steps).ifPresent(why -> refusals.add(Refusal.of(Guard.DEBT_ZERO, why)));
        if (steps.stream().anyMatch(step -> needsValidation(step) && !isValidated(record, step))) {
            refusals.add(Refusal.of(
                    Guard.VALIDATED,
                    "no complete validation has found both stores equal since every process goes by the plan of version "
                            + record.plan().version()
                            + "; run \"session validate\" with the same two stores, then move"));
        }
        return refusals;
    }

    private static Refusal tooFar(StageStep step) {
        Optional<Stage> towards =
                step.goesBack() ? step.from().previous() : step.from().next();
        return Refusal.byRule("users would move from " + step + " at once; a user moves one stage at a time, from "
                + step.from() + " to " + towards.orElseThrow() + " first");
    }

    private Refusal notDrained(RolloutPlan plan) {
        Instant now = clock.instant();
        List<ProcessLease> behind = leases.all().stream()
                .filter(lease -> lease.acknowledged() < plan.version())
                .toList();
        List<String> silent = behind.stream()
                .filter(lease -> lease.isExpired(now))
                .map(ProcessLease::process)
                .toList();
        return Refusal.of(
                Guard.DRAINED,
                behind.size() + " processes have not acknowledged the plan of version " + plan.version() + ": "
                        + names(behind.stream().map(ProcessLease::process).toList())
                        + (silent.isEmpty()
                                ? "; wait until they have"
                                : "; of these " + names(silent)
                                        + " have not been heard of for a while: make sure that they are gone, then"
                                        + " override " + Guard.DRAINED));
    }

    private static String names(List<String> processes) {
        return processes.stream().limit(EXAMPLES).collect(Collectors.joining(", "))
                + (processes.size() > EXAMPLES ? ", …" : "");
    }

    private static boolean needsValidation(StageStep step) {
        return step.changesAuthority() || isLastForward(step);
    }

    private static boolean isLastForward(StageStep step) {
        return step.from() == Stage.TARGET_WITH_FALLBACK && step.to() == Stage.TARGET_ONLY;
    }

    /** The last stage but one does not write the source, so what was proven in the stage before it counts as well. */
    private static boolean isValidated(PlanRecord record, StageStep step) {
        return record.validation()
                .filter(done -> done.version() == record.plan().version()
                        || (isLastForward(step) && done.earliest().authority() == StoreSide.TARGET))
                .isPresent();
    }

    private Optional<String> debt(PlanRecord record, Set<StageStep> steps) {
        if (record.owesCarryBack() && steps.stream().anyMatch(MoveGuards::needsCarryBack)) {
            return Optional.of("the target has what the source has never been given; run \"session rollback\" with the"
                    + " same two stores, which carries it back");
        }
        if (steps.stream().noneMatch(step -> step.from().writesBoth())) {
            return Optional.empty();
        }
        boolean onlyToSource = steps.stream().allMatch(step -> step.staysOnSource() && step.goesBack());
        try {
            return owed(record.plan(), onlyToSource);
        } catch (SessionException e) {
            return Optional.of("what is owed could not be looked up (" + e.code() + ": " + e.getMessage() + ")");
        }
    }

    private static boolean needsCarryBack(StageStep step) {
        return (step.changesAuthority() && step.goesBack()) || step.from() == Stage.SOURCE_ONLY;
    }

    /** Going back where the source decides, nothing is lost that the target alone lacks. */
    private Optional<String> owed(RolloutPlan plan, boolean onlyToSource) {
        long[] found = {0, 0};
        for (StoreSide side : StoreSide.values()) {
            new ControlRecords(stores.on(side), Debts.KIND, clock)
                    .forEach(record -> found[0] += !onlyToSource
                                    || StoreSide.TARGET
                                            .name()
                                            .equals(record.values().get(Debts.AUTHORITY))
                            ? 1
                            : 0);
            if (!onlyToSource) {
                deleted.forEach(side, deletion -> found[1] += isUnfinished(deletion, plan) ? 1 : 0);
            }
        }
        long own = onlyToSource
                ? 0
                : leases.all().stream().mapToLong(ProcessLease::ownDebt).sum();
        return found[0] + found[1] + own == 0
                ? Optional.empty()
                : Optional.of("changes of " + found[0] + " sessions and " + found[1]
                        + " deletions are not in both stores yet, and processes owe " + own
                        + "; wait until the processes have settled them, or settle them by hand");
    }

    private static boolean isUnfinished(DeletedSessions.Deletion deletion, RolloutPlan plan) {
        return !deletion.settled() && plan.stageOf(deletion.key().userId()).writesBoth();
    }
}
