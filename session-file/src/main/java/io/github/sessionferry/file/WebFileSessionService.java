package io.github.sessionferry.file;

import static java.util.Objects.requireNonNull;

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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a plain web application: one file {@code sess_ID} a session in a folder, a JSON object of flat keys.
 *
 * <p>The application may go on to read and write its files while this service does. A file is read as it stands at one
 * moment and replaced in one step, durably; services of this class, in any number of processes on one machine, do not
 * get in each other's way. The file's modification time is the session's update time.
 *
 * <p>No file tells the application; its name is configuration. The user is the value of a configured key of the state, a
 * string or a whole number, and empty if there is none or no such key is configured; so a visitor who logs in has another
 * {@link SessionKey} from then on. A web session has no events: an append applies its state delta alone.
 *
 * <p>Whatever the application's files have no place for stands in the folder {@code .session-ferry} beside them: a create
 * time, other fields, and whole sessions whose key no file can tell – of another application, of a user whom their state
 * does not name, or with an id that is not made of letters, digits and {@code . _ , = + @ ~ % -}, 250 at most. The folder
 * is made with the first change.
 *
 * <p>Keys with the prefixes {@code app:} and {@code user:} are shared with nobody here: what is stored or appended under
 * them is dropped; those that the application wrote stay in its file. An encoded value, such as a time, is seen by other
 * readers as {@code {"$type": …, "value": …}}.
 *
 * <p>A listing by application or user and a scan read every file, page by page, in constant memory.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
@SuppressWarnings("try") // locks are held, not used
public final class WebFileSessionService implements SessionService {

    private static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.of(Capability.WRITE, Capability.ATOMIC_PRECONDITIONS));
    private static final int MOST_PARTITIONS = 4;

    private final String name;
    private final Clock clock;
    private final WebSessions sessions;
    private final WebNames names;
    private final FileLocks locks;
    private final @Nullable WebQuarantine quarantine;
    private final WebForm form;
    private volatile boolean closed;

    private WebFileSessionService(Builder builder, Path folder) {
        name = "file:" + folder;
        clock = builder.clock;
        form = new WebForm(builder.appName, builder.userKey);
        WebFiles files = new WebFiles(folder, builder.maxBytes, clock);
        sessions = new WebSessions(folder, form, files, builder.ttl);
        names = new WebNames(folder, builder.namesAPass);
        locks = new FileLocks(sessions.locks(), builder.lockTimeout);
        quarantine = builder.quarantine ? new WebQuarantine(sessions, files) : null;
    }

    /**
     * Starts to open a store.
     *
     * @param folder where the application's session files are
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
        return CAPABILITIES;
    }

    @Override
    public Session create(NewSession request) {
        requireOpen();
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        return changing("creating", key, () -> {
            if (current(key) != null) {
                throw new SessionAlreadyExistsException(key, name, null);
            }
            Session session = Session.builder(key, now())
                    .state(StateValues.apply(Map.of(), StateScope.SESSION.select(request.state())))
                    .build();
            sessions.write(key, session);
            return written(key);
        });
    }

    private Session written(SessionKey key) throws IOException, UnreadableException {
        Session session = sessions.find(key);
        if (session == null) {
            throw new SessionException(
                    SessionErrorCode.CONTENTION,
                    "the session was created in " + name + " and removed at once by somebody else",
                    key,
                    null,
                    null);
        }
        return session;
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireOpen();
        requireNonNull(events, "events");
        try {
            return Optional.ofNullable(current(key));
        } catch (IOException e) {
            throw StoreFolder.failed("reading a session of", name, e);
        } catch (UnreadableException e) {
            throw corrupt(key, e);
        }
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireOpen();
        PageCollector page = new PageCollector(limit);
        boolean inFiles = query.appName().equals(form.appName());
        Optional<ScanCursor> next = walk(
                cursor,
                page,
                inFiles,
                file -> FileNames.mayMatch(file, query),
                session -> query.matches(session.key()));
        return page.sessionPage(next);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        requireOpen();
        return changing("changing", key, () -> {
            Session session = current(key);
            if (session == null) {
                throw new SessionNotFoundException(key, name, null);
            }
            Map<String, @Nullable Object> state =
                    StateValues.apply(session.state(), StateScope.SESSION.select(event.stateDelta()));
            Instant updateTime =
                    event.timestamp().isAfter(session.updateTime()) ? event.timestamp() : session.updateTime();
            if (state.equals(session.state()) && updateTime.equals(session.updateTime())) {
                return AppendOutcome.ALREADY_PRESENT;
            }
            sessions.write(
                    key,
                    withKey(sessions.keyAfter(session, state), session).toBuilder()
                            .state(state)
                            .updateTime(updateTime)
                            .build());
            return AppendOutcome.APPENDED;
        });
    }

    private static Session withKey(SessionKey key, Session session) {
        return Session.builder(key, session.updateTime())
                .createTime(session.createTime().orElse(null))
                .fields(session.fields())
                .build();
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        requireOpen();
        return changing("deleting", key, () -> {
            Session session = current(key);
            if (session == null) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(session.revision().orElse(null))) {
                return DeleteOutcome.CONFLICT;
            }
            sessions.delete(session);
            return DeleteOutcome.DELETED;
        });
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        requireOpen();
        return changing("writing", session.key(), () -> {
            Session present = current(session.key());
            if (!precondition.holdsFor(
                    present == null ? null : present.revision().orElse(null))) {
                return StoreOutcome.CONFLICT;
            }
            Session merged = merged(present, session);
            if (merged.equals(present)) {
                return StoreOutcome.of(StoreOutcome.Status.UNCHANGED, 0);
            }
            sessions.write(session.key(), merged);
            return StoreOutcome.of(present == null ? StoreOutcome.Status.CREATED : StoreOutcome.Status.UPDATED, 0);
        });
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        sessions.check(merged(null, session));
        return StoreRehearsal.PLAIN;
    }

    /** What is to be stored: what a web session can be, and the keys with a prefix that the application's file has. */
    private static Session merged(@Nullable Session present, Session given) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(given.state(StateScope.SESSION));
        if (present != null) {
            present.state().forEach((key, value) -> {
                if (StateScope.of(key) != StateScope.SESSION) {
                    state.put(key, value);
                }
            });
        }
        return given.toBuilder()
                .state(state)
                .events(List.of())
                .expireTime(present == null ? null : present.expireTime().orElse(null))
                .build();
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        requireOpen();
        FileSessionService.requireLimit(atMost, 1);
        String scan = newScan();
        return ShardCursor.partitions(Math.min(atMost, MOST_PARTITIONS)).stream()
                .map(shards -> WebCursor.partition(scan, shards))
                .toList();
    }

    private static String newScan() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        requireOpen();
        PageCollector page = new PageCollector(limit);
        return page.scanPage(walk(cursor, page, true, file -> true, session -> true));
    }

    /** Fills a page with sessions from a cursor on, and tells where it ended; empty at the end. */
    private Optional<ScanCursor> walk(
            ScanCursor cursor,
            PageCollector page,
            boolean inFiles,
            Predicate<String> ownFiles,
            Predicate<Session> wanted) {
        WebCursor from = WebCursor.of(cursor);
        if (from.scan().isEmpty()) {
            from = from.ofScan(newScan());
        }
        if (from.inFiles()) {
            Optional<ScanCursor> next = inFiles ? walkFiles(from, page, wanted) : Optional.empty();
            if (next.isPresent()) {
                return next;
            }
            from = from.inOwnAt(from.place().at(from.place().shard(), ""));
        }
        WebCursor own = from;
        return sessions.own()
                .walk(
                        own.place(),
                        ownFiles,
                        location -> visit(page, wanted, describe(location), () -> sessions.findOwnOnly(location)))
                .map(place -> own.inOwnAt(place).cursor());
    }

    private Optional<ScanCursor> walkFiles(WebCursor from, PageCollector page, Predicate<Session> wanted) {
        String after = from.place().after();
        List<String> some = names(from, after);
        while (!some.isEmpty()) {
            for (String file : some) {
                boolean isOurs = from.place().holds(WebNames.shard(file));
                if (isOurs && !visit(page, wanted, file, () -> findFile(file))) {
                    return Optional.of(from.inFilesAfter(after).cursor());
                }
                after = file;
            }
            some = names(from, after);
        }
        return Optional.empty();
    }

    private List<String> names(WebCursor from, String after) {
        try {
            return names.after(from.scan(), from.place().shard(), after);
        } catch (IOException e) {
            throw StoreFolder.failed("listing", name, e);
        }
    }

    private @Nullable Session findFile(String file) throws IOException, UnreadableException {
        String id = WebForm.id(file)
                .orElseThrow(
                        () -> new UnreadableException(
                                "the file's name is no session's in this layout; give it one of letters, digits and . _ , = + @ ~ % -"));
        try {
            return sessions.findPlain(id);
        } catch (UnreadableException e) {
            throw quarantine == null ? e : quarantine.of(file, e);
        }
    }

    private interface Reading {
        @Nullable
        Session session() throws IOException, UnreadableException;
    }

    /** Adds what stands in a file to a page; false if the page is full without it. */
    private boolean visit(PageCollector page, Predicate<Session> wanted, String location, Reading reading) {
        if (page.isFull()) {
            return false;
        }
        try {
            Session session = reading.session();
            if (session != null && !isExpired(session) && wanted.test(session)) {
                page.add(session);
            }
        } catch (UnreadableException e) {
            page.unreadable().add(new UnreadableRecord(location, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            throw StoreFolder.failed("reading", location, e);
        }
        return true;
    }

    private String describe(Location location) {
        return sessions.own().describe(location);
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireOpen();
        requireNonNull(scope, "scope");
        return Map.of();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        requireOpen();
        throw new SessionException(
                SessionErrorCode.UNSUPPORTED,
                "web sessions share no state; take file:DIR?layout=agent where sessions do");
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        requireOpen();
        FileSessionService.requireLimit(limit, 2);
        return new SharedScopePage(List.of(), Optional.empty());
    }

    @Override
    public OptionalLong estimatedSessions() {
        requireOpen();
        try {
            return OptionalLong.of(names.count() + sessions.own().count());
        } catch (IOException e) {
            throw StoreFolder.failed("listing", name, e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "WebFileSessionService[" + name + "]";
    }

    private interface Change<T> {
        T make() throws IOException, UnreadableException;
    }

    /** Makes a change while nobody else changes a session of this id. */
    private <T> T changing(String what, SessionKey key, Change<T> change) {
        try {
            sessions.createFolders();
            try (FileLocks.Held held = locks.acquire(lockName(key))) {
                return change.make();
            }
        } catch (IOException e) {
            throw StoreFolder.failed(what + " a session of", name, e);
        } catch (UnreadableException e) {
            throw corrupt(key, e);
        }
    }

    private static String lockName(SessionKey key) {
        return "web-" + Location.folder(WebNames.shard(key.sessionId()));
    }

    private @Nullable Session current(SessionKey key) throws IOException, UnreadableException {
        Session session = sessions.find(key);
        return session == null || isExpired(session) ? null : session;
    }

    private SessionException corrupt(SessionKey key, UnreadableException e) {
        return new SessionException(
                SessionErrorCode.CORRUPT,
                "the file of a session in " + name + " cannot be read: " + e.getMessage(),
                key,
                null,
                e);
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

    /**
     * Builds a service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private static final int DEFAULT_MAX_BYTES = 4 << 20;

        private final Path folder;
        private String appName = "web";
        private @Nullable String userKey;
        private @Nullable Duration ttl;
        private int maxBytes = DEFAULT_MAX_BYTES;
        private int namesAPass = WebNames.NAMES_A_PASS;
        private boolean quarantine;
        private boolean createIfMissing;
        private Clock clock = Clock.systemUTC();
        private Duration lockTimeout = Duration.ofSeconds(10);

        private Builder(Path folder) {
            this.folder = requireNonNull(folder, "folder");
        }

        /**
         * Sets the application's name.
         *
         * @param name the name; not empty, {@code web} by default
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder appName(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("appName is empty; name the application");
            }
            appName = name;
            return this;
        }

        /**
         * Sets which key of the state holds the user's id.
         *
         * @param key the key, such as {@code user_id}; without it every session has the empty user
         * @return this builder
         */
        public Builder userKey(String key) {
            userKey = requireNonNull(key, "key");
            return this;
        }

        /**
         * Sets how long a session lives after its last change; from then on it is absent. The file stays.
         *
         * @param ttl more than zero; without it no session expires
         * @return this builder
         * @throws IllegalArgumentException if it is not more than zero
         */
        public Builder ttl(Duration ttl) {
            this.ttl = requirePositive("ttl", ttl);
            return this;
        }

        /**
         * Sets the largest file that is read or written.
         *
         * @param bytes at least 1 and at most 64 MiB; 4 MiB by default
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds
         */
        public Builder maxBytes(int bytes) {
            if (bytes < 1 || bytes > StoreFolder.MAX_BYTES) {
                throw new IllegalArgumentException(
                        "maxBytes is " + bytes + "; it must be at least 1 and at most " + StoreFolder.MAX_BYTES);
            }
            maxBytes = bytes;
            return this;
        }

        /**
         * Lets scans and listings move files that hold no session, and have not changed for a minute, to
         * {@code .session-ferry/quarantine}, under their names. Without it they are told and left where they are.
         *
         * @return this builder
         */
        public Builder quarantine() {
            quarantine = true;
            return this;
        }

        /**
         * Makes the folder if there is none; its parent must exist.
         *
         * @return this builder
         */
        public Builder createIfMissing() {
            createIfMissing = true;
            return this;
        }

        /**
         * Sets the clock that tells when sessions are created and expire.
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
            this.lockTimeout = requirePositive("lockTimeout", lockTimeout);
            return this;
        }

        Builder namesAPass(int names) {
            namesAPass = names;
            return this;
        }

        private static Duration requirePositive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " is " + value + "; it must be more than zero");
            }
            return value;
        }

        /**
         * Opens the store.
         *
         * @return the service
         * @throws SessionException {@link SessionErrorCode#STORE_NOT_FOUND} if there is no such folder,
         *     {@link SessionErrorCode#PERMISSION_DENIED} if it may not be read
         */
        public WebFileSessionService build() {
            try {
                if (createIfMissing) {
                    StoreFolder.createFolder(folder.toAbsolutePath());
                }
                if (!Files.isDirectory(folder)) {
                    throw new SessionException(
                            SessionErrorCode.STORE_NOT_FOUND,
                            "there is no folder " + folder + "; check the path, or add create=true for a new store");
                }
                if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
                    throw new SessionException(
                            SessionErrorCode.PERMISSION_DENIED,
                            "the folder " + folder
                                    + " may not be read; run as its owner, or allow reading and entering it");
                }
                return new WebFileSessionService(this, folder.toRealPath());
            } catch (IOException e) {
                throw StoreFolder.failed("opening", "file:" + folder, e);
            }
        }
    }
}
