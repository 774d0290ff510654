package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been deleted, so that no copy in the other store brings it back: a record in the store that decided, written
 * before the session goes and kept after it.
 *
 * <p>A record tells when the session that went had been created. What was created later under the same key is another
 * session and is not meant. Of a session that does not tell when it was created it tells when it changed last; what changes
 * later is another one. Thread-safe.
 */
final class DeletedSessions {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private static final int MAX_ATTEMPTS = 10;

    static final String KIND = "deleted";
    private static final String CREATED = "created";
    private static final String DONE = "done";
    private static final String SETTLED = "settled";
    private static final String BY = "by";
    private static final String SINCE = "since";

    /** Longer than any try takes: what is not done then never will be. */
    private static final Duration LONGEST_TRY = Duration.ofHours(1);

    private final StorePair stores;
    private final Clock clock;
    private final ControlRecords inSource;
    private final ControlRecords inTarget;

    DeletedSessions(StorePair stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
        inSource = new ControlRecords(stores.source(), KIND, clock);
        inTarget = new ControlRecords(stores.target(), KIND, clock);
    }

    /**
     * A deletion.
     *
     * @param key which session
     * @param side the store that decided, where the record is
     * @param created when the session had been created, or where that is not told, changed last
     * @param done whether the session was seen to be gone; until then it may have stayed
     * @param settled whether the other store's copy is known to be gone as well
     * @param by which try this is of; of several at the same time the last
     * @param since when that was
     */
    record Deletion(
            SessionKey key, StoreSide side, Instant created, boolean done, boolean settled, String by, Instant since) {

        /** Whether a session is the one that was deleted, or an older one. */
        boolean covers(Session session) {
            return !SeenSessions.createdOrChanged(session).isAfter(created);
        }

        /** This one and another try: the one of the later session, and of one session the one that was done. */
        Deletion and(Deletion other) {
            return created.isAfter(other.created) || (created.equals(other.created) && done) ? this : other;
        }

        Deletion as(boolean nowDone, boolean nowSettled) {
            return new Deletion(key, side, created, nowDone, nowSettled, by, since);
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

    /**
     * Changes a record, or makes or removes it, in one step: another process may do so too. Tells what it was before.
     */
    private Optional<Deletion> change(SessionKey key, StoreSide side, UnaryOperator<Optional<Deletion>> change) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<ControlRecords.Versioned> record = on(side).find(KeyDocument.id(key));
            Optional<Deletion> before = record.flatMap(found -> read(found.values(), side));
            Optional<Deletion> after = change.apply(before);
            if (after.equals(before) || replace(key, side, record, after)) {
                return before;
            }
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "the record of the session's deletion changed during each of " + MAX_ATTEMPTS + " tries to change it",
                key,
                null,
                null);
    }

    private boolean replace(
            SessionKey key, StoreSide side, Optional<ControlRecords.Versioned> record, Optional<Deletion> after) {
        if (after.isEmpty()) {
            return record.isEmpty() || on(side).remove(record.get());
        }
        return record.isPresent()
                ? on(side).replace(record.get(), write(after.get()))
                : on(side).create(KeyDocument.id(key), write(after.get()));
    }

    /** Notes that a deletion was done, and whether nothing of it is left in the other store. */
    void note(Deletion deletion, boolean settled) {
        var unused = change(
                deletion.key(),
                deletion.side(),
                now -> now.map(
                        record -> record.created().equals(deletion.created()) ? record.as(true, settled) : record));
    }

    /**
     * Deletes a session in the store that decides, and lets every process know that it did. Where the outcome is unknown,
     * the record stays: the session has gone if it is not there.
     */
    DeleteOutcome delete(SessionKey key, Precondition precondition, StoreSide side) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<Session> standing = stores.on(side).find(key, EventSelection.none());
            if (standing.isEmpty()) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(standing.get().revision().orElse(null))) {
                return DeleteOutcome.CONFLICT;
            }
            DeleteOutcome outcome = delete(standing.get(), side);
            if (outcome != DeleteOutcome.CONFLICT) {
                return outcome;
            }
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "the session changed during each of " + MAX_ATTEMPTS + " tries to delete it",
                key,
                null,
                null);
    }

    /** Deletes a session as it was read, so that the record is of what went. */
    private DeleteOutcome delete(Session standing, StoreSide side) {
        SessionKey key = standing.key();
        Deletion deletion = new Deletion(
                key,
                side,
                SeenSessions.createdOrChanged(standing),
                false,
                false,
                UUID.randomUUID().toString(),
                clock.instant());
        Optional<Deletion> before = change(
                key,
                side,
                now -> Optional.of(now.map(record -> record.and(deletion)).orElse(deletion)));
        DeleteOutcome outcome;
        try {
            outcome = stores.on(side)
                    .delete(key, standing.revision().map(Precondition::revision).orElse(Precondition.none()));
        } catch (AmbiguousOutcomeException e) {
            throw e;
        } catch (SessionException e) {
            takeBack(deletion, before);
            throw e;
        }
        if (outcome == DeleteOutcome.CONFLICT) {
            takeBack(deletion, before);
        } else {
            confirm(deletion.as(true, false));
        }
        return outcome;
    }

    private void confirm(Deletion deletion) {
        try {
            var unused = change(
                    deletion.key(),
                    deletion.side(),
                    now -> Optional.of(now.map(record -> record.and(deletion)).orElse(deletion)));
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
            var unused = change(
                    deletion.key(),
                    deletion.side(),
                    now -> now.isPresent()
                                    && now.get().by().equals(deletion.by())
                                    && !now.get().done()
                            ? before
                            : now);
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
        Instant earlier = SeenSessions.createdOrChanged(written).minus(1, ChronoUnit.MICROS);
        try {
            var unused = change(
                    written.key(),
                    side,
                    now -> now.map(record -> record.covers(written)
                            ? new Deletion(written.key(), side, earlier, true, false, record.by(), record.since())
                            : record));
        } catch (SessionException e) {
            throw new AmbiguousOutcomeException(
                    "the session was written in " + stores.on(side).name()
                            + ", but may be taken for one that was deleted under the same key before; write it again",
                    written.key(),
                    e);
        }
    }

    void forEach(StoreSide side, Consumer<Deletion> action) {
        forEachPage(side, page -> page.forEach(action));
    }

    void forEachPage(StoreSide side, Consumer<List<Deletion>> action) {
        on(side).forEachPage(page -> action.accept(page.stream()
                .flatMap(record -> read(record.values(), side).stream())
                .toList()));
    }

    /** A deletion that was done: as it says, or as the session's absence shows. */
    private Optional<Deletion> findInForce(SessionKey key, StoreSide side) {
        return find(key, side).filter(deletion -> deletion.done() || !stands(deletion));
    }

    /** Whether the session that was to be deleted is there. */
    boolean stands(Deletion deletion) {
        return stores.on(deletion.side())
                .find(deletion.key(), EventSelection.none())
                .filter(deletion::covers)
                .isPresent();
    }

    /** Whether somebody may still be at it, or at copying what it deletes. */
    boolean isRecent(Deletion deletion) {
        return !deletion.since().plus(LONGEST_TRY).isBefore(clock.instant());
    }

    /** Forgets a deletion that has not been done for so long that it will not be done any more. */
    void forgetIfGivenUp(Deletion deletion) {
        if (!isRecent(deletion)) {
            var unused = change(
                    deletion.key(),
                    deletion.side(),
                    now -> now.filter(record -> record.done() || !record.by().equals(deletion.by())));
        }
    }

    /**
     * A store in which the sessions that were deleted in the other one are absent, also while their copies are still there.
     * For reading sessions.
     */
    SessionService withoutDeleted(StoreSide side) {
        return new ForwardingSessionService(stores.on(side)) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                Optional<Deletion> deletion = findInForce(key, side.other());
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
                Optional<Deletion> deletion = findInForce(key, side.other());
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

    private static Map<String, @Nullable Object> write(Deletion deletion) {
        Map<String, @Nullable Object> document = KeyDocument.write(deletion.key());
        document.put(CREATED, StateValues.toMicros(deletion.created()));
        document.put(DONE, deletion.done());
        document.put(SETTLED, deletion.settled());
        document.put(BY, deletion.by());
        document.put(SINCE, deletion.since());
        return document;
    }

    private static Optional<Deletion> read(Map<String, ? extends @Nullable Object> document, StoreSide side) {
        return document.get(CREATED) instanceof Instant created
                ? Optional.of(new Deletion(
                        KeyDocument.read(document),
                        side,
                        created,
                        Boolean.TRUE.equals(document.get(DONE)),
                        Boolean.TRUE.equals(document.get(SETTLED)),
                        String.valueOf(document.get(BY)),
                        document.get(SINCE) instanceof Instant since ? since : Instant.EPOCH))
                : Optional.empty();
    }
}
