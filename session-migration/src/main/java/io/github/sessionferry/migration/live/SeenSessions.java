package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateValues;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final boolean eventsAreKept;
    private final List<Shard> shards = Stream.generate(Shard::new).limit(SHARDS).toList();

    /**
     * Remembers nothing yet.
     *
     * @param eventsAreKept whether what was told shows in a session's events; else its update time shows it
     */
    SeenSessions(boolean eventsAreKept) {
        this.eventsAreKept = eventsAreKept;
    }

    /** What tells a session from one that was deleted before under the same key. */
    static Instant createdOrChanged(Session session) {
        return session.createTime().orElse(session.updateTime());
    }

    /** How what a store has of a session stands to what was told of it. */
    enum Standing {
        /** It lacks nothing that was told. */
        CURRENT,
        /** It lacks something that was told. */
        BEHIND,
        /** There is no session, or it is the one that was told to be gone, or an older one. */
        GONE
    }

    /** Remembers what a session was told to be. */
    void told(Session session) {
        shard(session.key()).told(session);
    }

    /**
     * Tells how a session stands, and remembers in the same step that it was told if it is current.
     *
     * @param whole whether it has all its events; otherwise it is not known what it lacks
     */
    Standing tell(Session session, boolean whole) {
        return shard(session.key()).tell(session, whole);
    }

    /** Tells how a session with all its events stands, and remembers nothing. */
    Standing standing(Session session) {
        return shard(session.key()).standing(session);
    }

    /** Remembers an event that was appended. */
    void appended(SessionKey key, SessionEvent event) {
        shard(key).appended(key, event);
    }

    /** Remembers that a session is gone. */
    void gone(Session session) {
        shard(session.key()).gone(session);
    }

    /** Remembers that a session was told to be absent. */
    void toldAbsent(SessionKey key) {
        shard(key).toldAbsent(key);
    }

    private Shard shard(SessionKey key) {
        int hash = key.hashCode();
        return shards.get((hash ^ hash >>> 16) & SHARDS - 1);
    }

    private final class Seen {
        private Optional<Instant> created;
        private Instant changed;
        private @Nullable Instant gone;
        private final Set<String> events = new LinkedHashSet<>();

        Seen(Session session) {
            created = session.createTime();
            changed = session.updateTime();
        }

        Instant createdOrChanged() {
            return created.orElse(changed);
        }

        Standing standing(Session session, boolean whole) {
            if (gone != null && !SeenSessions.createdOrChanged(session).isAfter(gone)) {
                return Standing.GONE;
            }
            boolean isBehind = eventsAreKept
                    ? whole && lacksEvents(session)
                    : session.updateTime().isBefore(changed);
            return isBehind ? Standing.BEHIND : Standing.CURRENT;
        }

        private boolean lacksEvents(Session session) {
            return !events.isEmpty()
                    && created.equals(session.createTime())
                    && !hasInOrder(session, events)
                    && !hasAll(session, events);
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
    }

    private final class Shard {
        private final Map<SessionKey, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);
        private int events;

        synchronized void told(Session session) {
            remember(session, known(session), false);
        }

        synchronized Standing tell(Session session, boolean whole) {
            Seen known = known(session);
            Standing standing = known.standing(session, whole);
            if (standing == Standing.CURRENT) {
                remember(session, known, whole);
            }
            return standing;
        }

        synchronized Standing standing(Session session) {
            Seen known = seen.get(session.key());
            return known == null ? Standing.CURRENT : known.standing(session, true);
        }

        private Seen known(Session session) {
            return seen.computeIfAbsent(session.key(), key -> new Seen(session));
        }

        private void remember(Session session, Seen known, boolean hasAllKnown) {
            if (!known.created.equals(session.createTime())) {
                forgetEvents(known);
                known.created = session.createTime();
            }
            known.changed = session.updateTime();
            List<SessionEvent> told = session.events();
            if (!hasAllKnown || told.size() > known.events.size()) {
                told.forEach(event -> add(known, event));
            }
            forgetEldest();
        }

        synchronized void appended(SessionKey key, SessionEvent event) {
            Seen known = seen.get(key);
            if (known == null) {
                return;
            }
            Instant time = StateValues.toMicros(event.timestamp());
            if (eventsAreKept) {
                add(known, event);
            } else if (time.isAfter(known.changed)) {
                known.changed = time;
            }
        }

        private void add(Seen known, SessionEvent event) {
            events += known.events.add(event.id()) ? 1 : 0;
        }

        synchronized void gone(Session session) {
            gone(known(session), createdOrChanged(session));
        }

        private void gone(Seen known, Instant time) {
            known.gone = time;
            forgetEvents(known);
            forgetEldest();
        }

        synchronized void toldAbsent(SessionKey key) {
            Seen known = seen.get(key);
            if (known != null && known.gone == null) {
                gone(known, known.createdOrChanged());
            }
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
