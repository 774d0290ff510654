package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Locks that hold between threads, between services and between processes: a lock of this JVM, for file locks belong to
 * the whole JVM, and a file lock within it. Thread-safe.
 */
final class FileLocks {

    /** By lock file, of all services in this JVM; as many as there are lock files. */
    private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

    private static final long POLL_MILLIS = 5;

    private final Path folder;
    private final Duration timeout;

    FileLocks(Path folder, Duration timeout) {
        this.folder = folder;
        this.timeout = timeout;
    }

    /** A lock that is held until it is closed. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    Held acquire(String name) {
        Path file = folder.resolve(name + ".lock");
        ReentrantLock lock = IN_THIS_JVM.computeIfAbsent(file, absent -> new ReentrantLock());
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw timedOut(name);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    StoreFolder.filePermissions(folder));
            FileLock fileLock = lock(channel, deadline);
            if (fileLock == null) {
                throw timedOut(name);
            }
            FileChannel held = channel;
            return () -> release(held, lock);
        } catch (InterruptedException e) {
            release(channel, lock);
            throw interrupted(e);
        } catch (IOException e) {
            release(channel, lock);
            throw StoreFolder.failed("locking", name, e);
        } catch (RuntimeException e) {
            release(channel, lock);
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel, long deadline)
            throws IOException, InterruptedException {
        FileLock lock = channel.tryLock();
        while (lock == null && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            lock = channel.tryLock();
        }
        return lock;
    }

    /** Closing the channel gives the file lock back, also if closing fails. */
    private static void release(@Nullable FileChannel channel, ReentrantLock lock) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The system gives the lock back with the descriptor, which is gone; the change under it stands.
            return;
        } finally {
            lock.unlock();
        }
    }

    private SessionException timedOut(String name) {
        return new SessionException(
                SessionErrorCode.UNAVAILABLE,
                "another thread or process held the lock " + name + " for " + timeout + "; nothing was changed");
    }

    private static SessionException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SessionException(
                SessionErrorCode.UNAVAILABLE, "interrupted while waiting for a lock; nothing was changed", e);
    }
}
