package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.migration.ValidationReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link StagedRollback} has done.
 *
 * <p>Immutable.
 *
 * @param steps the steps in their order; at most the last one was not done
 * @param carriedBack what was carried back; empty if it did not come to that
 * @param validation what the last validation found; empty if it did not come to that
 * @since 0.1
 */
public record RollbackReport(
        List<Step> steps, Optional<CarryBackReport> carriedBack, Optional<ValidationReport> validation) {

    /** Copies. */
    public RollbackReport {
        steps = List.copyOf(steps);
        requireNonNull(carriedBack, "carriedBack");
        requireNonNull(validation, "validation");
    }

    /**
     * Tells whether it has come to its end.
     *
     * @return false if it stopped at a step; running it again goes on there
     */
    public boolean succeeded() {
        return steps.stream().allMatch(Step::done);
    }

    /**
     * A step.
     *
     * @param phase the phase that it belongs to
     * @param started when it began
     * @param finished when it ended
     * @param done whether it was done
     * @param detail what was done, or why it was not and what to do
     * @since 0.1
     */
    public record Step(RollbackPhase phase, Instant started, Instant finished, boolean done, String detail) {

        /** Checks that nothing is missing. */
        public Step {
            requireNonNull(phase, "phase");
            requireNonNull(started, "started");
            requireNonNull(finished, "finished");
            requireNonNull(detail, "detail");
        }
    }
}
