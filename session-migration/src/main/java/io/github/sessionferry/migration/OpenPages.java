package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The pages of a partition whose tasks are under way: only a few, so that what a later attempt has to look at again is
 * bounded. Tells the log of each page when it and all before it are done. Thread-safe.
 */
final class OpenPages {

    private static final int MOST_OPEN = 4;

    private final ScanLog log;
    private final Deque<Page> open = new ArrayDeque<>();
    private boolean abandoned;

    OpenPages(ScanLog log) {
        this.log = log;
    }

    /** Opens a page, after waiting for the oldest one if too many are open. */
    synchronized Page open(ScanPlace place, Optional<ScanCursor> next) {
        boolean interrupted = false;
        while (open.size() >= MOST_OPEN && !abandoned) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Page page = new Page(place, next);
        open.addLast(page);
        return page;
    }

    /** A task has failed in a way that it should not: no page is done any more, and nobody waits for one. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    private synchronized void closeDonePages() {
        while (!abandoned && !open.isEmpty() && open.getFirst().pending == 0) {
            Page done = open.removeFirst();
            log.pageDone(done.place, done.next);
        }
        notifyAll();
    }

    /** One page. It is done when its producer and each of its tasks have said so. */
    final class Page {
        private final ScanPlace place;
        private final Optional<ScanCursor> next;
        private int pending = 1;

        private Page(ScanPlace place, Optional<ScanCursor> next) {
            this.place = place;
            this.next = next;
        }

        ScanPlace place() {
            return place;
        }

        /** Before a task is begun. */
        void expectTask() {
            synchronized (OpenPages.this) {
                pending++;
            }
        }

        /** A task is done, or all have been begun. */
        void partDone() {
            synchronized (OpenPages.this) {
                pending--;
                if (pending == 0) {
                    closeDonePages();
                }
            }
        }
    }
}
