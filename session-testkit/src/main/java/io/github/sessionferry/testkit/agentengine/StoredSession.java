package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One session: its own state, its events in the order of their times, and whether it can be read yet. */
final class StoredSession {
    private final SessionName name;
    private final String userId;
    private final long createMicros;
    private final SharedState shared;
    private final ServerTime time;
    private final Map<String, Value> ownState = new HashMap<>();
    private final List<StoredEvent> events = new ArrayList<>();
    private volatile String displayName = "";
    private volatile Map<String, String> labels = Map.of();
    private volatile Instant expireTime;
    private volatile long updateMicros;
    private long appended;
    private int futileLooks;
    private boolean readable;
    private boolean deleted;

    StoredSession(
            SessionName name,
            String userId,
            SharedState shared,
            ServerTime time,
            Instant expireTime,
            OperationMode mode) {
        this.name = name;
        this.userId = userId;
        this.shared = shared;
        this.time = time;
        this.expireTime = expireTime;
        this.createMicros = time.nextMicros();
        this.updateMicros = createMicros;
        this.readable = mode.isDoneAtOnce();
        this.futileLooks = mode.looks();
    }

    record StoredEvent(SessionEvent event, Instant time, long sequence) {
        /** Seconds, nanoseconds and sequence. */
        long[] position() {
            return new long[] {
                event.getTimestamp().getSeconds(), event.getTimestamp().getNanos(), sequence
            };
        }
    }

    SessionName name() {
        return name;
    }

    String userId() {
        return userId;
    }

    String displayName() {
        return displayName;
    }

    Map<String, String> labels() {
        return labels;
    }

    Instant expireTime() {
        return expireTime;
    }

    long createMicros() {
        return createMicros;
    }

    long updateMicros() {
        return updateMicros;
    }

    /** Counts as one of the looks that a session created in two steps needs; returns whether it is created now. */
    synchronized boolean look() {
        boolean futile = !readable && futileLooks > 0;
        if (futile) {
            futileLooks--;
        } else {
            becomeReadable();
        }
        return !futile;
    }

    synchronized boolean isReadable() {
        if (futileLooks == 0) {
            becomeReadable();
        }
        return readable && !deleted;
    }

    /** Returns whether this call did it. */
    synchronized boolean markDeleted() {
        boolean first = !deleted;
        deleted = true;
        return first;
    }

    synchronized void initialize(Session given) {
        displayName = given.getDisplayName();
        labels = Map.copyOf(given.getLabelsMap());
        mergeState(given.getSessionState());
    }

    /** Returns whether the session was there to be appended to. */
    synchronized boolean append(SessionEvent event) {
        if (!isReadable()) {
            return false;
        }
        Instant eventTime = ServerTime.instant(event.getTimestamp());
        events.add(indexAfter(eventTime, Long.MAX_VALUE), new StoredEvent(event, eventTime, appended++));
        mergeState(event.getActions().getStateDelta());
        updateMicros = time.nextMicros();
        return true;
    }

    /** Returns the session after the update, or empty if it was not there to be updated. */
    synchronized Optional<Session> update(SessionUpdate update) {
        if (!isReadable()) {
            return Optional.empty();
        }
        update.displayName().ifPresent(given -> displayName = given);
        update.labels().ifPresent(given -> labels = Map.copyOf(given));
        update.expireTime().ifPresent(given -> expireTime = given);
        update.state().ifPresent(given -> {
            ownState.clear();
            mergeState(given);
        });
        updateMicros = time.nextMicros();
        return read();
    }

    /** Returns the session as a reader sees it, or empty if it cannot be read. */
    synchronized Optional<Session> read() {
        if (!isReadable()) {
            return Optional.empty();
        }
        Session.Builder session = Session.newBuilder()
                .setName(name.toString())
                .setUserId(userId)
                .setDisplayName(displayName)
                .putAllLabels(labels)
                .setCreateTime(ServerTime.timestamp(createMicros))
                .setUpdateTime(ServerTime.timestamp(updateMicros))
                .setExpireTime(ServerTime.timestamp(expireTime));
        Struct.Builder state = Struct.newBuilder().putAllFields(ownState);
        shared.addTo(state, userId);
        if (state.getFieldsCount() > 0) {
            session.setSessionState(state);
        }
        return Optional.of(session.build());
    }

    /**
     * Returns at most {@code limit} events past a position, or empty if the session cannot be read.
     *
     * @param position of the last event of the page before, if there was one
     */
    synchronized Optional<List<StoredEvent>> page(
            Optional<long[]> position, EventFilter filter, boolean descending, int limit) {
        if (!isReadable()) {
            return Optional.empty();
        }
        int step = descending ? -1 : 1;
        int start = descending ? events.size() - 1 : 0;
        if (position.isPresent()) {
            long[] last = position.get();
            int after = indexAfter(Instant.ofEpochSecond(last[0], last[1]), last[2]);
            start = descending ? after - 2 : after;
        }
        List<StoredEvent> page = new ArrayList<>();
        for (int i = start; i >= 0 && i < events.size() && page.size() < limit; i += step) {
            if (filter.matches(events.get(i).time())) {
                page.add(events.get(i));
            }
        }
        return Optional.of(page);
    }

    synchronized int eventCount() {
        return events.size();
    }

    private void becomeReadable() {
        if (!readable) {
            readable = true;
            updateMicros = time.nextMicros();
        }
    }

    private void mergeState(Struct delta) {
        shared.merge(userId, delta, ownState);
    }

    /** The index of the first event that comes after this position in time and, at the same time, in sequence. */
    private int indexAfter(Instant eventTime, long sequence) {
        int low = 0;
        int high = events.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            StoredEvent event = events.get(middle);
            int order = event.time().compareTo(eventTime);
            if (order < 0 || (order == 0 && event.sequence() <= sequence)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
