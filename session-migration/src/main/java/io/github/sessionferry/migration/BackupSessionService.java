package io.github.sessionferry.migration;

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
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.BackupLine.Kind;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A finished backup as a store that is only read. Sessions show the shared state that they saw when they were backed up.
 *
 * <p>Thread-safe.
 */
final class BackupSessionService implements SessionService {

    private final BackupReader reader;
    private final Clock clock;
    private volatile boolean closed;

    BackupSessionService(BackupReader reader, Clock clock) {
        this.reader = reader;
        this.clock = clock;
    }

    /** What a backup is called in reports and journals. */
    static String name(Path folder) {
        return "backup:" + folder.toAbsolutePath().normalize();
    }

    @Override
    public String name() {
        return name(reader.folder().path());
    }

    @Override
    public Set<Capability> capabilities() {
        return reader.manifest().header().capabilities();
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireNonNull(key, "key");
        requireNonNull(events, "events");
        requireOpen();
        try {
            Optional<BackupLine> line = reader.find(key);
            return line.isEmpty()
                    ? Optional.empty()
                    : Optional.of(line.get().session())
                            .filter(this::isAlive)
                            .map(session -> session.toBuilder()
                                    .events(events.apply(session.events()))
                                    .build());
        } catch (BackupDamage e) {
            throw new SessionException(SessionErrorCode.CORRUPT, e.reason(), key, null, e);
        }
    }

    private boolean isAlive(Session session) {
        return session.expireTime()
                .filter(time -> !time.isAfter(clock.instant()))
                .isEmpty();
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireNonNull(query, "query");
        Sessions found = new Sessions(query::matches, limit);
        Optional<ScanCursor> next = walk(cursor, Kind.SESSION, limit, 1, found);
        if (!found.unreadable.isEmpty()) {
            UnreadableRecord first = found.unreadable.get(0);
            throw new SessionException(SessionErrorCode.CORRUPT, first.location() + ": " + first.reason());
        }
        return new SessionPage(found.sessions, next);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        requireOpen();
        int parts = reader.parts().size();
        int count = Math.max(1, Math.min(requireLimit(atMost, 1), parts));
        List<ScanCursor> cursors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cursors.add(new BackupCursor(border(i, count, parts), 0, 0, border(i + 1, count, parts)).write());
        }
        return cursors;
    }

    private static int border(int partition, int partitions, int parts) {
        return (int) ((long) parts * partition / partitions);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        Sessions found = new Sessions(key -> true, limit);
        Optional<ScanCursor> next = walk(cursor, Kind.SESSION, limit, 1, found);
        return new ScanPage(found.sessions, found.unreadable, next);
    }

    private Optional<ScanCursor> walk(ScanCursor cursor, Kind kind, int limit, int least, BackupWalk.Visitor visitor) {
        requireNonNull(cursor, "cursor");
        requireOpen();
        requireLimit(limit, least);
        return new BackupWalk(reader, kind, visitor)
                .from(BackupCursor.read(cursor, reader.parts().size()))
                .map(BackupCursor::write);
    }

    private static int requireLimit(int limit, int least) {
        if (limit < least) {
            throw new IllegalArgumentException("limit is " + limit + "; it must be at least " + least);
        }
        return limit;
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireNonNull(scope, "scope");
        requireOpen();
        try {
            Optional<BackupLine> line = reader.find(scope);
            return line.isEmpty() ? new LinkedHashMap<>() : line.get().values();
        } catch (BackupDamage e) {
            throw new SessionException(SessionErrorCode.CORRUPT, e.reason(), e);
        }
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        Scopes found = new Scopes(limit);
        Optional<ScanCursor> next = walk(cursor, Kind.SHARED_STATE, limit, 2, found);
        return new SharedScopePage(List.copyOf(found.scopes), next);
    }

    @Override
    public OptionalLong estimatedSessions() {
        requireOpen();
        return OptionalLong.of(reader.manifest().counts().sessions());
    }

    @Override
    public Session create(NewSession request) {
        throw readOnly();
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        throw readOnly();
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        throw readOnly();
    }

    private SessionException readOnly() {
        requireOpen();
        return new SessionException(
                SessionErrorCode.UNSUPPORTED, "a backup is only read; restore it into a store, and write there");
    }

    private void requireOpen() {
        if (closed) {
            throw new SessionException(SessionErrorCode.CLOSED, "the store " + name() + " was closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "BackupSessionService[" + name() + "]";
    }

    /** A page of sessions. */
    private final class Sessions implements BackupWalk.Visitor {

        private final List<SessionSummary> sessions = new ArrayList<>();
        private final List<UnreadableRecord> unreadable = new ArrayList<>();
        private final Predicate<SessionKey> wanted;
        private final int limit;

        Sessions(Predicate<SessionKey> wanted, int limit) {
            this.wanted = wanted;
            this.limit = limit;
        }

        @Override
        public boolean isFull() {
            return sessions.size() + unreadable.size() >= limit;
        }

        @Override
        public void line(BackupLine line) throws BackupDamage {
            Session session = line.session();
            if (wanted.test(session.key()) && isAlive(session)) {
                sessions.add(new SessionSummary(session.key(), session.updateTime()));
            }
        }

        @Override
        public void damaged(String place, String reason) {
            unreadable.add(new UnreadableRecord(place, reason));
        }
    }

    /** A page of scopes. A scan of them cannot name what is damaged, so it ends there. */
    private static final class Scopes implements BackupWalk.Visitor {

        private final Set<SharedScope> scopes = new LinkedHashSet<>();
        private final int limit;

        Scopes(int limit) {
            this.limit = limit;
        }

        @Override
        public boolean isFull() {
            return scopes.size() >= limit;
        }

        @Override
        public void line(BackupLine line) throws BackupDamage {
            scopes.add(line.scope());
        }

        @Override
        public void damaged(String place, String reason) {
            throw new SessionException(SessionErrorCode.CORRUPT, place + ": " + reason);
        }
    }
}
