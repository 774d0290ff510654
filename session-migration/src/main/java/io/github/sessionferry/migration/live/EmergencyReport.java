package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * What an emergency rollback has done.
 *
 * <p>Immutable.
 *
 * @param steps the steps in their order
 * @since 0.1
 */
public record EmergencyReport(List<Step> steps) {

    /** Copies the steps. */
    public EmergencyReport {
        steps = List.copyOf(steps);
    }

    /**
     * Tells whether every step was done.
     *
     * @return false if one was not; the others were tried all the same
     */
    public boolean succeeded() {
        return steps.stream().allMatch(Step::done);
    }

    /**
     * A step.
     *
     * @param name what it was to do
     * @param time when it was tried
     * @param done whether it was done
     * @param detail what came of it, or what is left to do
     * @since 0.1
     */
    public record Step(String name, Instant time, boolean done, String detail) {

        /** Checks that nothing is missing. */
        public Step {
            requireNonNull(name, "name");
            requireNonNull(time, "time");
            requireNonNull(detail, "detail");
        }
    }
}
