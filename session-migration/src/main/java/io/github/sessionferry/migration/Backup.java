package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Copies all that a store holds into a folder: every session with its ids, times and events, and the state that sessions
 * share.
 *
 * <p>The store is only read, and may be in use. Each session is as it was at one moment, not all at the same one. A session
 * that cannot be read is {@linkplain BackupReport#problems() named}, and the others are kept.
 *
 * <p>A backup counts when its {@code manifest.json} is there, which is written last. One that was killed, cancelled or
 * stopped can be {@linkplain Builder#resume resumed}. Memory is bounded by the concurrency and the largest sessions, not by
 * their number.
 *
 * <p>A finished backup is {@linkplain #open(Path) opened} as a store that is only read, which migrates, validates and is
 * looked into like any other; {@link #restore} brings it back.
 *
 * <p>Thread-safe, but {@link #run()} works only once. The store is the caller's to close.
 *
 * @since 0.1
 */
public final class Backup {

    private final Builder settings;
    private final RunControl control = new RunControl();

    private Backup(Builder settings) {
        this.settings = settings;
    }

    /**
     * Starts a backup.
     *
     * @param store what to back up
     * @param folder where to: made if it is missing, otherwise empty, or that of the backup to be resumed
     * @return a builder
     */
    public static Builder builder(SessionService store, Path folder) {
        return new Builder(store, folder);
    }

    /**
     * Opens a finished backup that is not encrypted, as a store that is only read.
     *
     * <p>It holds no file open and little memory. What of it is damaged is told where it is met: a scan names it and goes
     * on, and a session that may be in a damaged part is never told to be absent.
     *
     * @param folder the backup's folder
     * @return the store, to be closed by the caller
     * @throws SessionException {@link SessionErrorCode#STORE_NOT_FOUND} if there is no finished backup,
     *     {@link SessionErrorCode#UNAUTHENTICATED} if it needs a key, {@link SessionErrorCode#CORRUPT} if its manifest is
     *     not as it was written
     */
    public static SessionService open(Path folder) {
        return new BackupSessionService(
                BackupReader.open(requireNonNull(folder, "folder"), Optional.empty()), Clock.systemUTC());
    }

    /**
     * Opens a finished backup that is encrypted, as {@link #open(Path)} does.
     *
     * @param folder the backup's folder
     * @param key the key that it was made with
     * @return the store, to be closed by the caller
     * @throws SessionException as {@link #open(Path)}; {@link SessionErrorCode#UNAUTHENTICATED} also if it is another key,
     *     or none is needed
     */
    public static SessionService open(Path folder, BackupKey key) {
        return new BackupSessionService(
                BackupReader.open(requireNonNull(folder, "folder"), Optional.of(key)), Clock.systemUTC());
    }

    /**
     * Starts a restore: a migration from a backup that brings everything as it was, {@code temp:} keys of the history
     * included, and keeps what it has brought if it has to stop, so that it can be resumed.
     *
     * <p>As every migration it takes nothing away, and puts nothing old over anything newer: what was changed in the target
     * since the backup stays. Sessions that were deleted since come back.
     *
     * @param backup an {@linkplain #open(Path) opened} backup
     * @param to the store to bring it to
     * @return a builder of the migration
     */
    public static Migrator.Builder restore(SessionService backup, SessionService to) {
        return Migrator.builder(backup, to).tempState(TempState.KEEP).keepOnFailure(true);
    }

    /**
     * Makes the backup. Blocks until the run has come to its end.
     *
     * <p>If the thread is interrupted, the run is {@linkplain #cancel() cancelled} and the thread's interrupt status is
     * set when this returns. If a backup that is finished already is resumed, nothing is done, and its report is given.
     *
     * @return what was done
     * @throws SessionException if the folder or the key cannot be used for this backup; nothing was done
     * @throws IllegalStateException if it has run already
     */
    public BackupReport run() {
        control.begin();
        return BackupRun.run(settings, control);
    }

    /**
     * Ends the run early: what is under way is finished and kept, so that the backup can be resumed, and the report says
     * so. May be called from any thread, also before {@link #run()} and after it.
     */
    public void cancel() {
        control.cancel();
    }

    /**
     * Builds a backup. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder extends RunBuilder<Builder> {

        private static final int MAX_FAILURES_IN_A_ROW = 100;
        private static final long PART_BYTES = 64L << 20;
        private static final Duration PART_TIME = Duration.ofMinutes(5);

        final SessionService store;
        final Path folder;
        int maxFailuresInARow = MAX_FAILURES_IN_A_ROW;
        long partBytes = PART_BYTES;
        Duration partTime = PART_TIME;
        boolean resume;

        @Nullable
        BackupKey key;

        BackupListener listener = new BackupListener() {};

        private Builder(SessionService store, Path folder) {
            this.store = requireNonNull(store, "store");
            this.folder = requireNonNull(folder, "folder");
        }

        private Builder(Builder other) {
            super(other);
            store = other.store.forBulkWork(other.reserve);
            folder = other.folder;
            maxFailuresInARow = other.maxFailuresInARow;
            partBytes = other.partBytes;
            partTime = other.partTime;
            resume = other.resume;
            key = other.key;
            listener = other.listener;
        }

        /**
         * Encrypts the backup. Without the key it is of no use to anybody, its owner included.
         *
         * @param secret the key; the backup is not encrypted if not set
         * @return this builder
         */
        public Builder key(BackupKey secret) {
            key = requireNonNull(secret, "secret");
            return this;
        }

        /**
         * Goes on with the unfinished backup of the same store in the folder, wherever it was killed, cancelled or stopped:
         * what it has is kept, but for what was read in the last minutes before a kill, and what failed is tried again. If
         * the folder is empty or missing, the backup begins.
         *
         * @param goOn true to go on; false if not set
         * @return this builder
         */
        public Builder resume(boolean goOn) {
            resume = goOn;
            return this;
        }

        /**
         * Sets who is told how the run gets on.
         *
         * @param told the listener
         * @return this builder
         */
        public Builder listener(BackupListener told) {
            listener = requireNonNull(told, "told");
            return this;
        }

        /** Closes a part when it is so long. */
        Builder partBytes(long bytes) {
            partBytes = bytes;
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the backup.
         *
         * @return the backup, ready to run
         */
        public Backup build() {
            return new Backup(new Builder(this));
        }
    }
}
