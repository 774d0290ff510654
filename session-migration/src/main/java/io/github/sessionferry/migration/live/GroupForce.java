package io.github.sessionferry.migration.live;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Puts what many writers have written on the disk, with one call for all that stand there when it begins: who comes while
 * another is at it waits for that, and shares the next one. Thread-safe.
 */
final class GroupForce {

    private final LongSupplier written;
    private final Force force;
    private final Lock turn = new ReentrantLock();
    private long forced;

    /**
     * Nothing is on the disk yet.
     *
     * @param written the number of what was written last
     * @param force puts all that is written on the disk
     */
    GroupForce(LongSupplier written, Force force) {
        this.written = written;
        this.force = force;
    }

    /** Puts on the disk what is written. */
    interface Force {
        void run() throws IOException;
    }

    /** Returns when what has a number, and all before it, is on the disk. */
    void upTo(long number) throws IOException {
        turn.lock();
        try {
            if (forced < number) {
                long all = written.getAsLong();
                force.run();
                forced = all;
            }
        } finally {
            turn.unlock();
        }
    }
}
