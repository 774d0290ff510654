package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import java.util.ArrayList;
import java.util.List;

/** Counts what a rollback does, with a few examples. Thread-safe. */
final class RollbackTally {

    private static final int MOST_EXAMPLES = 20;

    private static final class Group {
        private long count;
        private final List<SessionKey> examples = new ArrayList<>();

        void add(SessionKey key) {
            count++;
            if (examples.size() < MOST_EXAMPLES) {
                examples.add(key);
            }
        }

        RolledBack.Group toReport() {
            return new RolledBack.Group(count, examples);
        }
    }

    private final Group removed = new Group();
    private final Group changed = new Group();
    private final Group failed = new Group();

    synchronized void removed(SessionKey key) {
        removed.add(key);
    }

    synchronized void changed(SessionKey key) {
        changed.add(key);
    }

    synchronized void failed(SessionKey key) {
        failed.add(key);
    }

    synchronized boolean isComplete() {
        return failed.count == 0;
    }

    synchronized RolledBack report() {
        return new RolledBack(removed.toReport(), changed.toReport(), failed.toReport());
    }
}
