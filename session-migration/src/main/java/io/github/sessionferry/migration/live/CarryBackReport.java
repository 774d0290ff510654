package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.migration.MigrationReport;
import java.util.List;
import java.util.Map;

/**
 * What a {@link CarryBack} did.
 *
 * <p>Immutable; holds no session content.
 *
 * @param moved the run from the target to the source, with its times and everything that failed in it
 * @param counts how many sessions were not the same in both stores, by what became of them
 * @param examples the first few of each; all of them are in the file, if one was asked for
 * @since 0.1
 */
public record CarryBackReport(
        MigrationReport moved, Map<CarriedSession.Status, Long> counts, List<CarriedSession> examples) {

    /** Checks and copies. */
    public CarryBackReport {
        requireNonNull(moved, "moved");
        counts = Map.copyOf(counts);
        examples = List.copyOf(examples);
    }

    /**
     * Tells how many sessions something became of.
     *
     * @param status what
     * @return how many
     */
    public long count(CarriedSession.Status status) {
        return counts.getOrDefault(status, 0L);
    }

    /**
     * Tells whether the source now has everything that the target had.
     *
     * @return true if the run was complete and nothing failed or was skipped
     */
    public boolean succeeded() {
        return moved.succeeded() && count(CarriedSession.Status.FAILED) == 0;
    }
}
