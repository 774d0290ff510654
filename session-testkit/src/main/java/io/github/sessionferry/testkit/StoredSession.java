package io.github.sessionferry.testkit;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session of a {@link MemoryStore}. Not thread-safe. */
final class StoredSession {

    private final SessionKey key;
    private final List<SessionEvent> events = new ArrayList<>();
    private final Set<String> eventIds = new HashSet<>();
    private Map<String, @Nullable Object> state = Map.of();
    private Map<String, @Nullable Object> fields = Map.of();
    private @Nullable Instant createTime;
    private Instant updateTime;
    private @Nullable Instant expireTime;
    private String revision = "";

    /** The session of this revision, without shared state, once it was read. */
    private volatile @Nullable Session read;

    StoredSession(SessionKey key, Instant updateTime) {
        this.key = key;
        this.updateTime = updateTime;
    }

    SessionKey key() {
        return key;
    }

    Instant updateTime() {
        return updateTime;
    }

    @Nullable
    Instant expireTime() {
        return expireTime;
    }

    String revision() {
        return revision;
    }

    void revise(long newRevision) {
        revision = Long.toString(newRevision);
        read = null;
    }

    boolean isExpired(Instant now) {
        return expireTime != null && !now.isBefore(expireTime);
    }

    Session view(EventSelection selection, Map<String, ? extends @Nullable Object> sharedState) {
        Session own = read;
        if (own == null) {
            own = own();
            read = own;
        }
        if (sharedState.isEmpty() && selection.equals(EventSelection.all())) {
            return own;
        }
        Map<String, @Nullable Object> seen = new LinkedHashMap<>(own.state());
        seen.putAll(sharedState);
        return own.toBuilder().state(seen).events(selection.apply(own.events())).build();
    }

    private Session own() {
        return Session.builder(key, updateTime)
                .state(state)
                .events(events)
                .createTime(createTime)
                .expireTime(expireTime)
                .revision(revision)
                .fields(fields)
                .build();
    }

    void begin(Instant now, Map<String, ? extends @Nullable Object> firstState, @Nullable Instant expiry) {
        createTime = now;
        state = StateValues.apply(state, StateScope.SESSION.select(firstState));
        expireTime = expiry;
    }

    /** Tells whether the session changed: not if it has an event with this id. */
    boolean append(SessionEvent event) {
        if (!add(event)) {
            return false;
        }
        state = StateValues.apply(state, StateScope.SESSION.select(event.stateDelta()));
        if (event.timestamp().isAfter(updateTime)) {
            updateTime = event.timestamp();
        }
        return true;
    }

    /** Takes over state, times and fields, and tells whether any of them was different. */
    boolean takeOver(Session session) {
        Map<String, @Nullable Object> newState = session.state(StateScope.SESSION);
        Instant newCreateTime = session.createTime().orElse(null);
        Instant newExpireTime = session.expireTime().orElse(null);
        if (state.equals(newState)
                && fields.equals(session.fields())
                && Objects.equals(createTime, newCreateTime)
                && updateTime.equals(session.updateTime())
                && Objects.equals(expireTime, newExpireTime)) {
            return false;
        }
        state = newState;
        fields = session.fields();
        createTime = newCreateTime;
        updateTime = session.updateTime();
        expireTime = newExpireTime;
        return true;
    }

    /** Adds the events that are missing and tells how many. */
    int addMissing(List<SessionEvent> wanted) {
        int added = 0;
        for (SessionEvent event : wanted) {
            if (add(event)) {
                added++;
            }
        }
        return added;
    }

    private boolean add(SessionEvent event) {
        if (!eventIds.add(event.id())) {
            return false;
        }
        events.add(placeOf(event.timestamp()), event);
        return true;
    }

    /** After the events of that time, before the first later one: usually the end. */
    private int placeOf(Instant timestamp) {
        int from = 0;
        int to = events.size();
        if (to == 0 || !events.get(to - 1).timestamp().isAfter(timestamp)) {
            return to;
        }
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (events.get(middle).timestamp().isAfter(timestamp)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }
}
