package io.github.sessionferry.testkit;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.codec.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the services of one in-memory store share. One lock guards it all, so that an event and the shared state that it
 * changes are seen together. Thread-safe.
 */
final class MemoryStore {

    private static final Comparator<SessionKey> KEY_ORDER = MemoryStore::compare;
    private static final String FIRST_SESSION_ID = "\0";

    private final Clock clock;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final NavigableMap<SessionKey, StoredSession> sessions = new TreeMap<>(KEY_ORDER);
    private final NavigableSet<Expiry> expiries =
            new TreeSet<>(Comparator.comparing(Expiry::time).thenComparing(Expiry::key, KEY_ORDER));
    private final MemorySharedState shared = new MemorySharedState();
    private long lastRevision;

    MemoryStore(Clock clock) {
        this.clock = clock;
    }

    Session create(NewSession request, String storeName) {
        return write(() -> {
            SessionKey key = new SessionKey(
                    request.appName(),
                    request.userId(),
                    request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
            if (sessions.containsKey(key)) {
                throw new SessionAlreadyExistsException(key, storeName, null);
            }
            Instant now = now();
            StoredSession session = new StoredSession(key, now);
            session.begin(now, request.state(), request.expireTime().orElse(null));
            shared.apply(key, request.state(), now);
            put(session, null);
            return view(session, EventSelection.all());
        });
    }

    Optional<Session> find(SessionKey key, EventSelection events) {
        return read(() -> Optional.ofNullable(sessions.get(key))
                .filter(session -> !session.isExpired(now()))
                .map(session -> view(session, events)));
    }

    AppendOutcome append(SessionKey key, SessionEvent event, String storeName) {
        return write(() -> {
            StoredSession session = sessions.get(key);
            if (session == null) {
                throw new SessionNotFoundException(key, storeName, null);
            }
            if (!session.append(event)) {
                return AppendOutcome.ALREADY_PRESENT;
            }
            shared.apply(key, event.stateDelta(), now());
            session.revise(++lastRevision);
            return AppendOutcome.APPENDED;
        });
    }

    DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return write(() -> {
            StoredSession session = sessions.get(key);
            if (session == null) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(session.revision())) {
                return DeleteOutcome.CONFLICT;
            }
            remove(session);
            return DeleteOutcome.DELETED;
        });
    }

    StoreOutcome store(Session given, Precondition precondition) {
        return write(() -> {
            StoredSession present = sessions.get(given.key());
            if (!precondition.holdsFor(present == null ? null : present.revision())) {
                return StoreOutcome.CONFLICT;
            }
            StoredSession session = present == null ? new StoredSession(given.key(), given.updateTime()) : present;
            Instant oldExpiry = session.expireTime();
            boolean changed = session.takeOver(given);
            int eventsAdded = session.addMissing(given.events());
            if (present != null && !changed && eventsAdded == 0) {
                return StoreOutcome.of(StoreOutcome.Status.UNCHANGED, 0);
            }
            put(session, oldExpiry);
            return StoreOutcome.of(
                    present == null ? StoreOutcome.Status.CREATED : StoreOutcome.Status.UPDATED, eventsAdded);
        });
    }

    SessionPage list(SessionQuery query, ScanPosition position, int limit) {
        SessionKey first = new SessionKey(query.appName(), query.userId().orElse(""), FIRST_SESSION_ID);
        return read(() -> {
            NavigableMap<SessionKey, StoredSession> rest = position.after() == null
                    ? sessions.tailMap(first, true)
                    : sessions.tailMap(position.after(), false);
            return page(rest, query::matches, position, limit);
        });
    }

    long size() {
        return read(sessions::size);
    }

    ScanPage scan(ScanPosition position, int limit) {
        return read(() -> {
            NavigableMap<SessionKey, StoredSession> rest =
                    position.after() == null ? sessions : sessions.tailMap(position.after(), false);
            SessionKey until = position.until();
            SessionPage page = page(rest, key -> until == null || KEY_ORDER.compare(key, until) <= 0, position, limit);
            return new ScanPage(page.sessions(), List.of(), page.next());
        });
    }

    private SessionPage page(
            NavigableMap<SessionKey, StoredSession> rest,
            Predicate<SessionKey> wanted,
            ScanPosition position,
            int limit) {
        Instant now = now();
        List<SessionSummary> found = new ArrayList<>(Math.min(limit, 1_000));
        for (StoredSession session : rest.values()) {
            if (!wanted.test(session.key())) {
                break;
            }
            if (session.isExpired(now)) {
                continue;
            }
            if (found.size() == limit) {
                SessionKey last = found.get(limit - 1).key();
                return new SessionPage(found, Optional.of(new ScanPosition(last, position.until()).cursor()));
            }
            found.add(new SessionSummary(session.key(), session.updateTime()));
        }
        return new SessionPage(found, Optional.empty());
    }

    List<ScanCursor> scanPartitions(int atMost) {
        return read(() -> {
            int parts = Math.max(1, Math.min(atMost, sessions.size()));
            List<ScanCursor> partitions = new ArrayList<>(parts);
            SessionKey after = null;
            long passed = 0;
            for (SessionKey key : sessions.keySet()) {
                passed++;
                if (partitions.size() < parts - 1 && passed * parts >= (partitions.size() + 1L) * sessions.size()) {
                    partitions.add(new ScanPosition(after, key).cursor());
                    after = key;
                }
            }
            partitions.add(after == null ? ScanCursor.START : new ScanPosition(after, null).cursor());
            return List.copyOf(partitions);
        });
    }

    Map<String, SharedValue> findSharedState(SharedScope scope) {
        return read(() -> shared.find(scope));
    }

    SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return write(() -> shared.store(scope, values, now()));
    }

    SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        SharedScope last = cursor.equals(ScanCursor.START) ? null : scope(cursor);
        List<SharedScope> found = read(() -> shared.after(last, limit + 1));
        if (found.size() <= limit) {
            return new SharedScopePage(found, Optional.empty());
        }
        SharedScope lastFound = found.get(limit - 1);
        ScanCursor next = new ScanCursor(
                Json.write(Arrays.asList(lastFound.appName(), lastFound.userId().orElse(null))));
        return new SharedScopePage(found.subList(0, limit), Optional.of(next));
    }

    private static SharedScope scope(ScanCursor cursor) {
        if (Json.read(cursor.token()) instanceof List<?> parts
                && parts.size() == 2
                && parts.get(0) instanceof String appName) {
            return parts.get(1) instanceof String userId ? SharedScope.user(appName, userId) : SharedScope.app(appName);
        }
        throw new IllegalArgumentException("the cursor was not given by an in-memory store");
    }

    /** By application, user and session. */
    private static int compare(SessionKey a, SessionKey b) {
        int byApp = a.appName().compareTo(b.appName());
        if (byApp != 0) {
            return byApp;
        }
        int byUser = a.userId().compareTo(b.userId());
        return byUser != 0 ? byUser : a.sessionId().compareTo(b.sessionId());
    }

    private Session view(StoredSession session, EventSelection events) {
        return session.view(events, shared.seenBy(session.key()));
    }

    private void put(StoredSession session, @Nullable Instant oldExpiry) {
        if (oldExpiry != null) {
            expiries.remove(new Expiry(oldExpiry, session.key()));
        }
        Instant expireTime = session.expireTime();
        if (expireTime != null) {
            expiries.add(new Expiry(expireTime, session.key()));
        }
        session.revise(++lastRevision);
        sessions.put(session.key(), session);
    }

    private void remove(StoredSession session) {
        sessions.remove(session.key());
        Instant expireTime = session.expireTime();
        if (expireTime != null) {
            expiries.remove(new Expiry(expireTime, session.key()));
        }
    }

    private void removeExpired() {
        Instant now = now();
        while (!expiries.isEmpty() && !now.isBefore(expiries.first().time())) {
            sessions.remove(expiries.pollFirst().key());
        }
    }

    private Instant now() {
        return StateValues.toMicros(clock.instant());
    }

    private <T> T read(Supplier<T> action) {
        lock.readLock().lock();
        try {
            return action.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Runs an action that meets no expired session. */
    private <T> T write(Supplier<T> action) {
        lock.writeLock().lock();
        try {
            removeExpired();
            return action.get();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private record Expiry(Instant time, SessionKey key) {}
}
