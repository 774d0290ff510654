package io.github.sessionferry.file;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.file.FileNames.Location;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in files of a folder, one JSON file a session: the project's own form, with every capability.
 *
 * <p>Below the folder stand {@code sessions}, {@code shared} and {@code locks}, the first two divided by the hash of the
 * key into 256 subfolders. Any number of threads, services and processes on one machine may use a folder at the same
 * time. Every change writes the session's whole file anew, durably and in one step, so an append costs time in
 * proportion to the session; a file holds at most 64 MiB. {@link #find} takes constant time, a scan reads every file. A
 * {@linkplain #list listing} reads the names of all files and the content of those that are listed. Only the owner can
 * read what the store makes, where the file system knows owners.
 *
 * <p>An append with shared state in its delta writes that first. If the process dies, or the write fails with
 * {@link SessionErrorCode#AMBIGUOUS}, between the two, appending the event again completes it.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
@SuppressWarnings("try") // locks are held, not used
public final class FileSessionService implements SessionService {

    private static final Set<Capability> ALL = Set.copyOf(EnumSet.allOf(Capability.class));
    private static final String SESSIONS = "sessions";
    private static final String SHARED = "shared";
    private static final String LOCKS = "locks";

    private final String name;
    private final Clock clock;
    private final Records sessions;
    private final SharedStateStore shared;
    private final FileLocks locks;
    private volatile boolean closed;

    private FileSessionService(Path folder, Clock clock, Duration lockTimeout) {
        StoreFolder files = new StoreFolder(folder);
        name = "file:" + folder;
        this.clock = clock;
        locks = new FileLocks(folder.resolve(LOCKS), lockTimeout);
        sessions = new Records(files, folder, SESSIONS);
        shared = new SharedStateStore(new Records(files, folder, SHARED), locks);
    }

    /**
     * Starts to open a store.
     *
     * @param folder where the store is
     * @return a builder
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return ALL;
    }

    @Override
    public Session create(NewSession request) {
        requireOpen();
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        try (FileLocks.Held held = lock(key)) {
            if (current(key) != null) {
                throw new SessionAlreadyExistsException(key, name, null);
            }
            Instant now = now();
            Session session = StoredSession.revised(Session.builder(key, now)
                    .createTime(now)
                    .state(StateValues.apply(Map.of(), StateScope.SESSION.select(request.state())))
                    .expireTime(request.expireTime().orElse(null))
                    .build());
            write(session, request.state());
            return view(session, EventSelection.all());
        }
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireOpen();
        requireNonNull(events, "events");
        return Optional.ofNullable(current(key)).map(session -> view(session, events));
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireOpen();
        PageCollector page = new PageCollector(limit);
        Optional<ShardCursor> next =
                sessions.walk(ShardCursor.of(cursor), file -> FileNames.mayMatch(file, query), location -> {
                    if (page.isFull()) {
                        return false;
                    }
                    readable(location, page.unreadable())
                            .filter(session -> query.matches(session.key()))
                            .ifPresent(page::add);
                    return true;
                });
        return page.sessionPage(next.map(ShardCursor::cursor));
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        requireOpen();
        try (FileLocks.Held held = lock(key)) {
            Session session = current(key);
            if (session == null) {
                throw new SessionNotFoundException(key, name, null);
            }
            if (StoredSession.has(session, event.id())) {
                return AppendOutcome.ALREADY_PRESENT;
            }
            write(StoredSession.withAppended(session, event), event.stateDelta());
            return AppendOutcome.APPENDED;
        }
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        requireOpen();
        try (FileLocks.Held held = lock(key)) {
            Session session = current(key);
            if (session == null) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(session.revision().orElse(null))) {
                return DeleteOutcome.CONFLICT;
            }
            sessions.delete(FileNames.of(key));
            return DeleteOutcome.DELETED;
        } catch (IOException e) {
            throw StoreFolder.failed("deleting a session of", name, e);
        }
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        requireOpen();
        requireLimit(atMost, 1);
        return ShardCursor.partitions(atMost);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        requireOpen();
        PageCollector page = new PageCollector(limit);
        Optional<ShardCursor> next = sessions.walk(ShardCursor.of(cursor), file -> true, location -> {
            if (page.isFull()) {
                return false;
            }
            readable(location, page.unreadable()).ifPresent(page::add);
            return true;
        });
        return page.scanPage(next.map(ShardCursor::cursor));
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        requireOpen();
        try (FileLocks.Held held = lock(session.key())) {
            Session present = current(session.key());
            if (!precondition.holdsFor(
                    present == null ? null : present.revision().orElse(null))) {
                return StoreOutcome.CONFLICT;
            }
            Session merged = StoredSession.merged(present, session);
            if (merged.equals(present)) {
                return StoreOutcome.of(StoreOutcome.Status.UNCHANGED, 0);
            }
            write(merged, Map.of());
            return present == null
                    ? StoreOutcome.of(
                            StoreOutcome.Status.CREATED, merged.events().size())
                    : StoreOutcome.of(
                            StoreOutcome.Status.UPDATED,
                            merged.events().size() - present.events().size());
        }
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        Records.bytes(StoredSession.write(StoredSession.merged(null, session)));
        return StoreRehearsal.PLAIN;
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireOpen();
        return shared.find(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        requireOpen();
        return shared.store(scope, values, now());
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        requireOpen();
        requireLimit(limit, 2);
        return shared.scan(cursor, limit);
    }

    @Override
    public OptionalLong estimatedSessions() {
        requireOpen();
        return OptionalLong.of(sessions.count());
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "FileSessionService[" + name + "]";
    }

    private FileLocks.Held lock(SessionKey key) {
        return locks.acquire("sessions-" + Location.folder(FileNames.of(key).shard()));
    }

    /** The session as its file has it; nothing if there is none or it has expired. */
    private @Nullable Session current(SessionKey key) {
        Location location = FileNames.of(key);
        try {
            Session session = read(location);
            return session == null || isExpired(session) ? null : session;
        } catch (UnreadableException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT, sessions.describe(location) + ": " + e.getMessage(), key, null, e);
        }
    }

    private Optional<Session> readable(Location location, List<UnreadableRecord> unreadable) {
        try {
            return Optional.ofNullable(read(location)).filter(session -> !isExpired(session));
        } catch (UnreadableException e) {
            unreadable.add(new UnreadableRecord(sessions.describe(location), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private @Nullable Session read(Location location) throws UnreadableException {
        Map<String, @Nullable Object> document = sessions.find(location).orElse(null);
        if (document == null) {
            return null;
        }
        Session session;
        try {
            session = StoredSession.read(document);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
        if (!FileNames.of(session.key()).equals(location)) {
            throw new UnreadableException("the session in the file belongs into a file of another name");
        }
        return session;
    }

    private void write(Session session, Map<String, ? extends @Nullable Object> delta) {
        Map<String, @Nullable Object> document = StoredSession.write(session);
        Records.bytes(document);
        boolean sharedChanged = shared.apply(session.key(), delta, now());
        try {
            sessions.write(FileNames.of(session.key()), document);
        } catch (IOException e) {
            if (sharedChanged) {
                throw new AmbiguousOutcomeException(
                        "shared state was written to " + name + ", the session was not; do it again to complete it",
                        session.key(),
                        e);
            }
            throw StoreFolder.failed("writing a session of", name, e);
        }
    }

    private Session view(Session session, EventSelection events) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.putAll(shared.seenBy(session.key()));
        return session.toBuilder()
                .state(state)
                .events(events.apply(session.events()))
                .build();
    }

    private boolean isExpired(Session session) {
        return session.expireTime().filter(time -> !now().isBefore(time)).isPresent();
    }

    private Instant now() {
        return StateValues.toMicros(clock.instant());
    }

    private void requireOpen() {
        if (closed) {
            throw new SessionException(SessionErrorCode.CLOSED, "the store " + name + " was closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "the call on " + name + " was interrupted; nothing was changed");
        }
    }

    static void requireLimit(int limit, int atLeast) {
        if (limit < atLeast) {
            throw new IllegalArgumentException("the limit is " + limit + "; it must be at least " + atLeast);
        }
    }

    /**
     * Builds a service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final Path folder;
        private Clock clock = Clock.systemUTC();
        private Duration lockTimeout = Duration.ofSeconds(10);
        private boolean createIfMissing;

        private Builder(Path folder) {
            this.folder = requireNonNull(folder, "folder");
        }

        /**
         * Sets the clock that tells when sessions are created, shared state is written and sessions expire.
         *
         * @param clock the clock; the system's by default
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets the longest wait for a lock that another thread or process holds.
         *
         * @param lockTimeout more than zero; 10 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is not more than zero
         */
        public Builder lockTimeout(Duration lockTimeout) {
            if (lockTimeout.isNegative() || lockTimeout.isZero()) {
                throw new IllegalArgumentException("lockTimeout is " + lockTimeout + "; it must be more than zero");
            }
            this.lockTimeout = lockTimeout;
            return this;
        }

        /**
         * Makes the store, and its folder, if there is none yet; the parent folder must exist.
         *
         * @return this builder
         */
        public Builder createIfMissing() {
            createIfMissing = true;
            return this;
        }

        /**
         * Opens the store.
         *
         * @return the service
         * @throws SessionException {@link SessionErrorCode#STORE_NOT_FOUND} if there is no such store
         */
        public FileSessionService build() {
            try {
                if (createIfMissing) {
                    create();
                }
                if (!Files.isDirectory(folder.resolve(SESSIONS))) {
                    throw new SessionException(
                            SessionErrorCode.STORE_NOT_FOUND,
                            "there is no store of layout agent in " + folder
                                    + "; check the path, or add create=true for a new store");
                }
                return new FileSessionService(folder.toRealPath(), clock, lockTimeout);
            } catch (IOException e) {
                throw StoreFolder.failed("opening", "file:" + folder, e);
            }
        }

        private void create() throws IOException {
            Path absolute = folder.toAbsolutePath();
            Path parent = absolute.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                throw new SessionException(
                        SessionErrorCode.STORE_NOT_FOUND,
                        "the folder " + parent + ", in which the store is to be made, does not exist; make it first");
            }
            if (!Files.isDirectory(absolute)) {
                StoreFolder.createFolder(absolute);
            }
            for (String part : List.of(LOCKS, SHARED, SESSIONS)) {
                StoreFolder.createFolder(absolute.resolve(part));
            }
        }
    }
}
