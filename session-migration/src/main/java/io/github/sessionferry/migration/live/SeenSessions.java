package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this process has told its users of sessions, so that it never tells them less later, whichever store it asks.
 *
 * <p>Bounded: the sessions used last, and so many of their events. Thread-safe.
 */
final class SeenSessions {

    private static final int SHARDS = 64;
    private static final int MOST_SESSIONS = 10_000 / SHARDS;
    private static final int MOST_EVENTS = 1_000_000 / SHARDS;

    private final List<Shard> shards = Stream.generate(Shard::new).limit(SHARDS).toList();

    static Instant createTime(Session session) {
        return session.createTime().orElse(Instant.EPOCH);
    }

    /** Remembers what a session was told to be. */
    void told(Session session) {
        shard(session.key()).told(session);
    }

    /** Remembers an event that was appended. */
    void appended(SessionKey key, SessionEvent event) {
        shard(key).appended(key, event);
    }

    /** Remembers that a session is gone. */
    void gone(SessionKey key, Instant created) {
        shard(key).gone(key, created);
    }

    /** Remembers that a session was told to be absent. */
    void toldAbsent(SessionKey key) {
        shard(key).toldAbsent(key);
    }

    /** Whether a session is the one that was told to be gone, or an older one. */
    boolean isGone(Session session) {
        return shard(session.key()).isGone(session);
    }

    /** Whether a session with all its events lacks something that was told of it. */
    boolean isBehind(Session session) {
        return shard(session.key()).isBehind(session);
    }

    private Shard shard(SessionKey key) {
        int hash = key.hashCode();
        return shards.get((hash ^ hash >>> 16) & SHARDS - 1);
    }

    private static final class Seen {
        private Instant created;
        private @Nullable Instant gone;
        private final Set<String> events = new LinkedHashSet<>();

        Seen(Instant created) {
            this.created = created;
        }
    }

    private static final class Shard {
        private final Map<SessionKey, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);
        private int events;

        synchronized void told(Session session) {
            Instant created = createTime(session);
            Seen known = seen.computeIfAbsent(session.key(), key -> new Seen(created));
            if (!known.created.equals(created)) {
                forgetEvents(known);
                known.created = created;
            }
            List<SessionEvent> told = session.events();
            if (told.isEmpty()
                    || (told.size() == known.events.size()
                            && known.events.contains(told.get(told.size() - 1).id()))) {
                return;
            }
            told.forEach(event -> add(known, event));
            forgetEldest();
        }

        synchronized void appended(SessionKey key, SessionEvent event) {
            Seen known = seen.get(key);
            if (known != null) {
                add(known, event);
            }
        }

        private void add(Seen known, SessionEvent event) {
            events += known.events.add(event.id()) ? 1 : 0;
        }

        synchronized void gone(SessionKey key, Instant created) {
            Seen known = seen.computeIfAbsent(key, absent -> new Seen(created));
            known.gone = created;
            forgetEvents(known);
            forgetEldest();
        }

        synchronized void toldAbsent(SessionKey key) {
            Seen known = seen.get(key);
            if (known != null && known.gone == null) {
                gone(key, known.created);
            }
        }

        synchronized boolean isGone(Session session) {
            Seen known = seen.get(session.key());
            return known != null && known.gone != null && !createTime(session).isAfter(known.gone);
        }

        synchronized boolean isBehind(Session session) {
            Seen known = seen.get(session.key());
            if (known == null || known.events.isEmpty() || !known.created.equals(createTime(session))) {
                return false;
            }
            return !hasInOrder(session, known.events) && !hasAll(session, known.events);
        }

        /** As nearly always, and quick to tell. */
        private static boolean hasInOrder(Session session, Set<String> told) {
            Iterator<String> awaited = told.iterator();
            String next = awaited.next();
            for (SessionEvent event : session.events()) {
                if (event.id().equals(next)) {
                    if (!awaited.hasNext()) {
                        return true;
                    }
                    next = awaited.next();
                }
            }
            return false;
        }

        private static boolean hasAll(Session session, Set<String> told) {
            Set<String> missing = new HashSet<>(told);
            session.events().forEach(event -> missing.remove(event.id()));
            return missing.isEmpty();
        }

        private void forgetEvents(Seen known) {
            events -= known.events.size();
            known.events.clear();
        }

        private void forgetEldest() {
            Iterator<Seen> eldest = seen.values().iterator();
            while ((seen.size() > MOST_SESSIONS || events > MOST_EVENTS) && eldest.hasNext()) {
                events -= eldest.next().events.size();
                eldest.remove();
            }
        }
    }
}
