package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been deleted, so that no copy in the other store brings it back: a record in the store that decided, written
 * before the session goes and kept after it.
 *
 * <p>A record tells when the session that went had been created. What was created later under the same key is another
 * session and is not meant. Thread-safe.
 */
final class DeletedSessions {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private static final String KIND = "deleted";
    private static final String CREATED = "created";
    private static final String DONE = "done";
    private static final String SETTLED = "settled";

    private final StorePair stores;
    private final ControlRecords inSource;
    private final ControlRecords inTarget;

    DeletedSessions(StorePair stores, Clock clock) {
        this.stores = stores;
        inSource = new ControlRecords(stores.source(), KIND, clock);
        inTarget = new ControlRecords(stores.target(), KIND, clock);
    }

    /**
     * A deletion.
     *
     * @param key which session
     * @param side the store that decided, where the record is
     * @param created when the session had been created; {@link Instant#MIN} if nobody knows
     * @param done whether the session was seen to be gone; until then it may have stayed
     * @param settled whether the other store's copy is known to be gone as well
     */
    record Deletion(SessionKey key, StoreSide side, Instant created, boolean done, boolean settled) {

        /** Whether a session is the one that was deleted, or an older one. */
        boolean covers(Session session) {
            return !SeenSessions.createTime(session).isAfter(created);
        }

        Deletion asDone() {
            return new Deletion(key, side, created, true, settled);
        }

        Deletion asSettled() {
            return new Deletion(key, side, created, true, true);
        }
    }

    Optional<Deletion> find(SessionKey key, StoreSide side) {
        return on(side).find(KeyDocument.id(key)).flatMap(record -> read(record.values(), side));
    }

    List<Deletion> find(SessionKey key) {
        List<Deletion> found = new ArrayList<>(2);
        for (StoreSide side : StoreSide.values()) {
            find(key, side).ifPresent(found::add);
        }
        return found;
    }

    void put(Deletion deletion) {
        Map<String, @Nullable Object> document = KeyDocument.write(deletion.key());
        document.put(CREATED, StateValues.toMicros(deletion.created()));
        document.put(DONE, deletion.done());
        document.put(SETTLED, deletion.settled());
        on(deletion.side()).put(KeyDocument.id(deletion.key()), document);
    }

    /**
     * Deletes a session in the store that decides, and lets every process know that it did. Where the outcome is unknown,
     * the record stays: the session has gone if it is not there.
     */
    DeleteOutcome delete(SessionKey key, Precondition precondition, StoreSide side) {
        Optional<Deletion> before = find(key, side);
        Optional<Session> standing = stores.on(side).find(key, EventSelection.none());
        if (standing.isEmpty()) {
            return DeleteOutcome.ABSENT;
        }
        Deletion deletion = new Deletion(key, side, SeenSessions.createTime(standing.get()), false, false);
        put(deletion);
        DeleteOutcome outcome;
        try {
            outcome = stores.on(side).delete(key, precondition);
        } catch (AmbiguousOutcomeException e) {
            throw e;
        } catch (SessionException e) {
            takeBack(deletion, before);
            throw e;
        }
        if (outcome == DeleteOutcome.CONFLICT) {
            takeBack(deletion, before);
            return outcome;
        }
        confirm(deletion);
        return outcome;
    }

    private void confirm(Deletion deletion) {
        try {
            put(deletion.asDone());
        } catch (SessionException e) {
            throw new AmbiguousOutcomeException(
                    "the session was deleted in " + stores.on(deletion.side()).name()
                            + ", but that could not be noted, so a copy may come back; delete it again",
                    deletion.key(),
                    e);
        }
    }

    /** As it was before a deletion that did not take place. What cannot be taken back is not done, and so means nothing. */
    private void takeBack(Deletion deletion, Optional<Deletion> before) {
        try {
            if (before.isPresent()) {
                put(before.get());
            } else {
                on(deletion.side()).remove(KeyDocument.id(deletion.key()));
            }
        } catch (SessionException e) {
            LOG.warn("event=deletion_not_taken_back code={}", e.code());
        }
    }

    /**
     * Writes a session that may be new. It is none of those deleted before, whatever the clocks say.
     *
     * @param write writes it and returns it
     */
    Session write(SessionKey key, StoreSide side, Supplier<Session> write) {
        Optional<Deletion> before = find(key, side);
        Session written = write.get();
        before.filter(deletion -> deletion.covers(written)).ifPresent(deletion -> leaveOut(written, side));
        return written;
    }

    private void leaveOut(Session written, StoreSide side) {
        Instant earlier = SeenSessions.createTime(written).minus(1, ChronoUnit.MICROS);
        try {
            put(new Deletion(written.key(), side, earlier, true, false));
        } catch (SessionException e) {
            throw new AmbiguousOutcomeException(
                    "the session was written in " + stores.on(side).name()
                            + ", but may be taken for one that was deleted under the same key before; write it again",
                    written.key(),
                    e);
        }
    }

    void forEach(StoreSide side, Consumer<Deletion> action) {
        on(side).forEach(record -> read(record.values(), side).ifPresent(action));
    }

    /**
     * A store in which the sessions that were deleted in the other one are absent, also while their copies are still there.
     * For reading sessions.
     */
    SessionService withoutDeleted(StoreSide side) {
        return new ForwardingSessionService(stores.on(side)) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                Optional<Deletion> deletion = DeletedSessions.this.find(key, side.other());
                return super.find(key, events)
                        .filter(session -> deletion.isEmpty() || !deletion.get().covers(session));
            }
        };
    }

    /**
     * A store from which a session that was deleted in the other one goes as soon as it is met, so that what was created
     * since under its key takes nothing of it over. For writing sessions.
     */
    SessionService withDeletedRemoved(StoreSide side) {
        return new ForwardingSessionService(stores.on(side)) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                Optional<Session> found = super.find(key, events);
                if (found.isEmpty()) {
                    return found;
                }
                Optional<Deletion> deletion = DeletedSessions.this.find(key, side.other());
                if (deletion.isEmpty() || !deletion.get().covers(found.get())) {
                    return found;
                }
                var unused = super.delete(
                        key, found.get().revision().map(Precondition::revision).orElse(Precondition.none()));
                return super.find(key, events);
            }
        };
    }

    private ControlRecords on(StoreSide side) {
        return side == StoreSide.SOURCE ? inSource : inTarget;
    }

    private static Optional<Deletion> read(Map<String, ? extends @Nullable Object> document, StoreSide side) {
        return document.get(CREATED) instanceof Instant created
                ? Optional.of(new Deletion(
                        KeyDocument.read(document),
                        side,
                        created,
                        Boolean.TRUE.equals(document.get(DONE)),
                        Boolean.TRUE.equals(document.get(SETTLED))))
                : Optional.empty();
    }
}
