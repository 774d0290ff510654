package io.github.sessionferry.migration;

import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import java.util.ArrayList;
import java.util.List;

/** Counts the records that a source passes over, in constant memory. Not thread-safe. */
final class PassedOverTally {

    private static final int MOST_EXAMPLES = 20;

    private final List<UnreadableRecord> examples = new ArrayList<>();
    private long count;

    void add(UnreadableRecord other) {
        count++;
        if (examples.size() < MOST_EXAMPLES) {
            examples.add(other);
        }
    }

    PassedOver passedOver() {
        return new PassedOver(count, examples);
    }
}
