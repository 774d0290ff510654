package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.internal.Traces;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one step after the other, whatever becomes of each. Not thread-safe. */
final class EmergencySteps {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationController.class);

    private final Clock clock;
    private final List<EmergencyReport.Step> steps = new ArrayList<>();

    EmergencySteps(Clock clock) {
        this.clock = clock;
    }

    /** Does a step, which says what came of it, and tells whether it was done. */
    boolean attempt(String name, Supplier<String> step) {
        try {
            add(name, true, step.get());
            return true;
        } catch (SessionException | MoveRefusedException e) {
            add(name, false, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("event=emergency_step_broken trace={}", Traces.withoutMessages(e));
            add(name, false, "unexpected " + e.getClass().getName());
        }
        return false;
    }

    /** Leaves a step to people. */
    void leave(String name, String whatToDo) {
        add(name, false, whatToDo);
    }

    private void add(String name, boolean done, String detail) {
        steps.add(new EmergencyReport.Step(name, clock.instant(), done, detail));
        LOG.error("event=emergency_step done={} step={}", done, Json.write(name));
    }

    EmergencyReport report() {
        return new EmergencyReport(steps);
    }
}
