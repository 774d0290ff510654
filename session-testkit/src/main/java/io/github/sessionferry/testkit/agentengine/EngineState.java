package io.github.sessionferry.testkit.agentengine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The sessions of one engine, found by id and walked in the order of their creation without being copied. */
final class EngineState {
    private final SharedState shared = new SharedState();
    private final Map<String, StoredSession> byId = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<Long, StoredSession> byCreation = new ConcurrentSkipListMap<>();
    private final Map<String, ConcurrentNavigableMap<Long, StoredSession>> byUser = new ConcurrentHashMap<>();
    private final ServerTime time;

    EngineState(ServerTime time) {
        this.time = time;
    }

    SharedState shared() {
        return shared;
    }

    int sessionCount() {
        return (int)
                byCreation.values().stream().filter(session -> !expire(session)).count();
    }

    long eventCount() {
        return byCreation.values().stream()
                .filter(session -> !expire(session))
                .mapToLong(StoredSession::eventCount)
                .sum();
    }

    /** Returns whether the id was free. */
    boolean add(StoredSession session) {
        if (byId.putIfAbsent(session.name().sessionId(), session) != null) {
            return false;
        }
        byCreation.put(session.createMicros(), session);
        byUser.compute(session.userId(), (user, sessions) -> {
            ConcurrentNavigableMap<Long, StoredSession> some =
                    sessions == null ? new ConcurrentSkipListMap<>() : sessions;
            some.put(session.createMicros(), session);
            return some;
        });
        return true;
    }

    /** Returns the session if it has not expired, readable or not. */
    Optional<StoredSession> find(String sessionId) {
        return Optional.ofNullable(byId.get(sessionId)).filter(session -> !expire(session));
    }

    /** Returns whether this call did it. */
    boolean remove(StoredSession session) {
        synchronized (session) {
            if (!session.markDeleted()) {
                return false;
            }
            byId.remove(session.name().sessionId());
            byCreation.remove(session.createMicros());
            byUser.computeIfPresent(session.userId(), (user, sessions) -> {
                sessions.remove(session.createMicros());
                return sessions.isEmpty() ? null : sessions;
            });
            return true;
        }
    }

    /** Returns at most {@code limit} readable sessions past a position in the order of their creation. */
    List<StoredSession> pageByCreation(Optional<Long> position, SessionFilter filter, boolean descending, int limit) {
        ConcurrentNavigableMap<Long, StoredSession> ascending = candidates(filter);
        NavigableMap<Long, StoredSession> ordered = descending ? ascending.descendingMap() : ascending;
        NavigableMap<Long, StoredSession> rest =
                position.map(last -> ordered.tailMap(last, false)).orElse(ordered);
        return rest.values().stream().filter(listed(filter)).limit(limit).toList();
    }

    /** Returns at most {@code limit} readable sessions past a position in the order of their last update. */
    List<StoredSession> pageByUpdate(Optional<Long> position, SessionFilter filter, boolean descending, int limit) {
        ToLongFunction<StoredSession> key =
                descending ? session -> -session.updateMicros() : StoredSession::updateMicros;
        long last = position.map(micros -> descending ? -micros : micros).orElse(Long.MIN_VALUE);
        PriorityQueue<Keyed> firstOnes =
                new PriorityQueue<>(Comparator.comparingLong(Keyed::key).reversed());
        candidates(filter).values().stream().filter(listed(filter)).forEach(session -> {
            long sessionKey = key.applyAsLong(session);
            if (sessionKey > last) {
                firstOnes.add(new Keyed(sessionKey, session));
                if (firstOnes.size() > limit) {
                    firstOnes.remove();
                }
            }
        });
        return firstOnes.stream()
                .sorted(Comparator.comparingLong(Keyed::key))
                .map(Keyed::session)
                .toList();
    }

    private record Keyed(long key, StoredSession session) {}

    private Predicate<StoredSession> listed(SessionFilter filter) {
        return session -> !expire(session) && filter.matches(session) && session.isReadable();
    }

    private ConcurrentNavigableMap<Long, StoredSession> candidates(SessionFilter filter) {
        return filter.userId()
                .map(user -> byUser.getOrDefault(user, new ConcurrentSkipListMap<>()))
                .orElse(byCreation);
    }

    private boolean expire(StoredSession session) {
        boolean expired = !time.now().isBefore(session.expireTime());
        if (expired) {
            remove(session);
        }
        return expired;
    }
}
