package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.ReconcileResult;
import io.github.sessionferry.migration.Reconciler;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Makes both stores hold the same of a session: what was deleted is gone from both, and each has what only the other had.
 *
 * <p>May be done at any time, by any process, any number of times. Thread-safe.
 */
final class Settlement {

    private static final int MAX_ROUNDS = 5;

    /** What the authority takes over from the other store. */
    enum Carry {
        /** Nothing: the other store is brought up to the authority. */
        NOTHING,
        /** What a session has there that the authority's lacks. */
        EVENTS,
        /** That, and sessions that the authority lacks. */
        SESSIONS
    }

    private final StorePair stores;
    private final DeletedSessions deleted;
    private final Reconciler fromSource;
    private final Reconciler fromTarget;

    Settlement(StorePair stores, DeletedSessions deleted) {
        this.stores = stores;
        this.deleted = deleted;
        fromSource = reconciler(StoreSide.SOURCE);
        fromTarget = reconciler(StoreSide.TARGET);
    }

    private Reconciler from(StoreSide side) {
        return side == StoreSide.SOURCE ? fromSource : fromTarget;
    }

    private Reconciler reconciler(StoreSide side) {
        return Reconciler.builder(deleted.withoutDeleted(side), deleted.withDeletedRemoved(side.other()))
                .maxRetries(0)
                .build();
    }

    /**
     * Settles a session.
     *
     * @param authority the store that decides where the two have no order
     * @throws SessionException if it could not be done; part of it may be done then
     */
    void settle(SessionKey key, StoreSide authority, Carry carry) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            finishDeletions(key);
            if (stores.on(authority).find(key, EventSelection.none()).isPresent()) {
                from(authority).reconcile(key);
            } else if (carry != Carry.SESSIONS) {
                return;
            }
            if (isAlike(key)) {
                return;
            }
            if (carry != Carry.NOTHING) {
                applySharedChangesOfMissing(key, authority);
                from(authority.other()).reconcile(key);
                if (isAlike(key)) {
                    return;
                }
            }
        }
        throw changedAgainAndAgain(key);
    }

    /**
     * Takes back what a second write has done to another session than the first: the one that was written was deleted
     * meanwhile, and another created under its key. The copy is taken away as a whole; settling brings it back.
     */
    void removeStray(SessionKey key, String eventId, StoreSide authority) {
        SessionService other = stores.on(authority.other());
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<Session> copy = other.find(key, EventSelection.all());
            if (!has(copy, eventId) || !lacks(authority, key, eventId)) {
                return;
            }
            if (other.delete(key, standing(copy.orElseThrow())) != DeleteOutcome.CONFLICT) {
                return;
            }
        }
        throw changedAgainAndAgain(key);
    }

    /** Whether a store has the session, but not the event. */
    private boolean lacks(StoreSide side, SessionKey key, String eventId) {
        Optional<Session> session = stores.on(side).find(key, EventSelection.all());
        return session.isPresent() && !has(session, eventId);
    }

    private static boolean has(Optional<Session> session, String eventId) {
        return session.isPresent()
                && session.get().events().stream().anyMatch(event -> event.id().equals(eventId));
    }

    private static SessionException changedAgainAndAgain(SessionKey key) {
        return new SessionException(
                SessionErrorCode.CONTENTION,
                "the session changed during each of " + MAX_ROUNDS + " tries to make both stores equal",
                key,
                null,
                null);
    }

    /** Copies a session that the authority lacks from the other store, and tells whether the authority has it now. */
    boolean adopt(SessionKey key, StoreSide authority) {
        ReconcileResult.Status status = from(authority.other()).reconcile(key).status();
        return status != ReconcileResult.Status.SOURCE_ABSENT && status != ReconcileResult.Status.ABSENT;
    }

    /** Whether both stores tell the same of a session and of its own state, without looking at its events. */
    boolean isAlike(SessionKey key) {
        Optional<Session> source = stores.source().find(key, EventSelection.none());
        Optional<Session> target = stores.target().find(key, EventSelection.none());
        if (source.isEmpty() || target.isEmpty()) {
            return source.isEmpty() && target.isEmpty();
        }
        return isAlike(source.get(), target.get());
    }

    private static boolean isAlike(Session one, Session other) {
        return one.updateTime().equals(other.updateTime())
                && one.state(StateScope.SESSION).equals(other.state(StateScope.SESSION))
                && one.isComplete()
                && other.isComplete();
    }

    /** Deletes what a deletion has left in either store. */
    void finishDeletions(SessionKey key) {
        for (DeletedSessions.Deletion deletion : deleted.find(key)) {
            if (deletion.settled() && !hasCovered(deletion)) {
                continue;
            }
            if (!deletion.done() && deleted.stands(deletion)) {
                deleted.forgetIfGivenUp(deletion);
                continue;
            }
            if (!deletion.done()) {
                deleted.note(deletion, false);
            }
            dropCovered(deletion, deletion.side());
            dropCovered(deletion, deletion.side().other());
            deleted.note(deletion, true);
        }
    }

    private boolean hasCovered(DeletedSessions.Deletion deletion) {
        return hasCovered(deletion, StoreSide.SOURCE) || hasCovered(deletion, StoreSide.TARGET);
    }

    private boolean hasCovered(DeletedSessions.Deletion deletion, StoreSide side) {
        return covered(deletion, side).isPresent();
    }

    private Optional<Session> covered(DeletedSessions.Deletion deletion, StoreSide side) {
        return stores.on(side).find(deletion.key(), EventSelection.none()).filter(deletion::covers);
    }

    private void dropCovered(DeletedSessions.Deletion deletion, StoreSide side) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<Session> left = covered(deletion, side);
            if (left.isEmpty()
                    || stores.on(side).delete(deletion.key(), standing(left.get())) != DeleteOutcome.CONFLICT) {
                return;
            }
        }
        throw changedAgainAndAgain(deletion.key());
    }

    private static Precondition standing(Session session) {
        return session.revision().map(Precondition::revision).orElse(Precondition.none());
    }

    /** Events that only the other store has are changes that users made there: so are those of the shared state. */
    private void applySharedChangesOfMissing(SessionKey key, StoreSide authority) {
        Optional<Session> mine = stores.on(authority).find(key, EventSelection.all());
        Optional<Session> theirs = stores.on(authority.other()).find(key, EventSelection.all());
        if (mine.isEmpty() || theirs.isEmpty()) {
            return;
        }
        Set<String> known = new HashSet<>();
        mine.get().events().forEach(event -> known.add(event.id()));
        for (SessionEvent event : theirs.get().events()) {
            if (!known.contains(event.id())) {
                applyShared(key.appScope(), event, authority);
                applyShared(key.userScope(), event, authority);
            }
        }
    }

    private void applyShared(SharedScope scope, SessionEvent event, StoreSide authority) {
        Map<String, SharedValue> values = new LinkedHashMap<>();
        scope.stateScope().select(event.stateDelta()).forEach((key, value) -> {
            if (!TaggedValue.REMOVED.equals(value)) {
                values.put(key, SharedValue.of(value, event.timestamp()));
            }
        });
        if (!values.isEmpty()) {
            stores.on(authority).storeSharedState(scope, values);
        }
    }

    /** Gives a store the values of the other one that are newer there. */
    void takeOver(SharedScope scope, StoreSide side) {
        Map<String, SharedValue> values = stores.on(side.other()).findSharedState(scope);
        if (!values.isEmpty()) {
            var unused = stores.on(side).storeSharedState(scope, values);
        }
    }

    /**
     * Makes the other store hold the shared state of a scope as the authority does.
     *
     * @param removed keys that a change has just taken away; a key that only the other store has stays otherwise
     * @throws SessionException if it could not be done
     */
    void settle(SharedScope scope, StoreSide authority, Set<String> removed) {
        SessionService other = stores.on(authority.other());
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Map<String, SharedValue> changes =
                    changes(stores.on(authority).findSharedState(scope), other.findSharedState(scope), removed);
            if (changes.isEmpty()) {
                return;
            }
            other.storeSharedState(scope, changes);
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "shared state changed during each of " + MAX_ROUNDS + " tries to make both stores equal");
    }

    private static Map<String, SharedValue> changes(
            Map<String, SharedValue> wanted, Map<String, SharedValue> present, Set<String> removed) {
        Map<String, SharedValue> changes = new LinkedHashMap<>();
        wanted.forEach((key, value) -> {
            SharedValue there = present.get(key);
            if (there == null || !Objects.equals(there.value(), value.value())) {
                changes.put(
                        key,
                        SharedValue.replacing(value.value(), value.writeTime().orElse(null)));
            }
        });
        for (String key : removed) {
            if (present.containsKey(key) && !wanted.containsKey(key)) {
                changes.put(key, SharedValue.removal());
            }
        }
        return changes;
    }

    /** The keys of a scope that a delta takes away. */
    static Set<String> removedBy(Map<String, ?> delta, SharedScope scope) {
        Set<String> removed = new HashSet<>();
        scope.stateScope().select(delta).forEach((key, value) -> {
            if (TaggedValue.REMOVED.equals(value)) {
                removed.add(key);
            }
        });
        return removed;
    }
}
