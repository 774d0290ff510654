package io.github.sessionferry.migration;

import io.github.sessionferry.migration.BackupLine.Kind;
import java.util.List;
import java.util.Optional;

/** One page of a scan of a backup: some lines of a kind from a place on, in the order of the parts. Not thread-safe. */
final class BackupWalk {

    private static final int MOST_BLOCKS = 256;

    private final BackupReader reader;
    private final Kind kind;
    private final Visitor visitor;
    private int blocks;

    BackupWalk(BackupReader reader, Kind kind, Visitor visitor) {
        this.reader = reader;
        this.kind = kind;
        this.visitor = visitor;
    }

    /** Is told what stands there. */
    interface Visitor {

        /** Whether nothing more has room. */
        boolean isFull();

        /** A line of the kind; what it throws is told as damage. */
        void line(BackupLine line) throws BackupDamage;

        /** Something cannot be read. */
        void damaged(String place, String reason);
    }

    /** Walks until the visitor is full, or as far as one page goes; tells where to go on. */
    Optional<BackupCursor> from(BackupCursor start) {
        BackupCursor at = start;
        while (at.part() < at.end()) {
            BackupReader.Part part = reader.parts().get(at.part());
            Optional<BackupCursor> stop = holdsNone(part) ? Optional.empty() : part(part, at);
            if (stop.isPresent()) {
                return stop;
            }
            at = new BackupCursor(at.part() + 1, 0, 0, at.end());
        }
        return Optional.empty();
    }

    private boolean holdsNone(BackupReader.Part part) {
        BackupCounts counts = part.meta().counts();
        return (kind == Kind.SESSION ? counts.sessions() : counts.sharedScopes()) == 0;
    }

    private Optional<BackupCursor> part(BackupReader.Part part, BackupCursor start) {
        if (visitor.isFull()) {
            return Optional.of(start);
        }
        if (part.damage().isPresent()) {
            visitor.damaged(part.meta().file(), part.damage().get().reason() + "; none of it can be found");
            return Optional.empty();
        }
        int line = start.line();
        for (int block = start.block(); block < part.index().blocks(); block++) {
            if (visitor.isFull() || blocks++ == MOST_BLOCKS) {
                return Optional.of(new BackupCursor(start.part(), block, line, start.end()));
            }
            int stopped = block(part, block, line);
            if (stopped >= 0) {
                return Optional.of(new BackupCursor(start.part(), block, stopped, start.end()));
            }
            line = 0;
        }
        return Optional.empty();
    }

    /** Tells the number of the line before which it stopped, or -1 at the block's end. */
    private int block(BackupReader.Part part, int block, int first) {
        List<byte[]> lines;
        try {
            lines = part.split(block);
        } catch (BackupDamage e) {
            visitor.damaged(part.place(block), e.reason());
            return -1;
        }
        for (int i = first; i < lines.size(); i++) {
            if (visitor.isFull()) {
                return i;
            }
            visit(part, block, i, lines.get(i));
        }
        return -1;
    }

    private void visit(BackupReader.Part part, int block, int number, byte[] bytes) {
        try {
            BackupLine line = BackupLine.parse(bytes);
            if (line.kind() == kind) {
                visitor.line(line);
            }
        } catch (BackupDamage e) {
            visitor.damaged(part.place(block) + ", line " + (number + 1), e.reason());
        }
    }
}
