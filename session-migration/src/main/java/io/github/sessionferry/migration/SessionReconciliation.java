package io.github.sessionferry.migration;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.migration.ReconcileResult.Status;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link Reconciler#reconcile(SessionKey)}: what it has done so far, over all its rounds and retries.
 *
 * <p>A round reads both sides, writes what is missing under the revision that was read, and is the last one if the source
 * has not changed meanwhile. A session that is likely to be new is written before the target is looked at, on the
 * condition that it is not there. Not thread-safe.
 */
final class SessionReconciliation {

    private static final int MAX_ROUNDS = 8;

    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;
    private final Novelty novelty;
    private final TempState tempState;
    private final SessionKey key;

    /** What this call has written, or may have written, where the target had nothing. */
    private @Nullable Session created;

    /** Whether the target is known to have had nothing before. */
    private boolean absenceSeen;

    /** What this call has done to the target, or may have done. */
    private @Nullable Status written;

    private int triesFailed;
    private int eventsAppended;
    private int tempKeysDropped;
    private Map<String, Integer> synthesisedIds = Map.of();
    private final Map<String, Integer> encodings = new TreeMap<>();
    private Optional<String> storedId = Optional.empty();

    SessionReconciliation(
            SessionService from,
            SessionService to,
            SessionComparison comparison,
            Retries retries,
            Novelty novelty,
            TempState tempState,
            SessionKey key) {
        this.from = from;
        this.to = to;
        this.comparison = comparison;
        this.retries = retries;
        this.novelty = novelty;
        this.tempState = tempState;
        this.key = key;
    }

    /** What was, or may have been, put where the target had nothing, also if {@link #run} has failed. */
    Optional<CreatedVersion> created() {
        return absenceSeen ? Optional.ofNullable(created).map(CreatedVersion::of) : Optional.empty();
    }

    ReconcileResult run() {
        return retries.callCounting(this::settle);
    }

    private ReconcileResult settle(int attempt) {
        countIfRepeated(attempt);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<Status> settled = round();
            if (settled.isPresent()) {
                return result(settled.get());
            }
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "the session changed in " + from.name() + " or " + to.name() + " during each of " + MAX_ROUNDS
                        + " tries to copy it; run again when it is quieter",
                key,
                null,
                null);
    }

    private Optional<Status> round() {
        Optional<Session> original = find(from, EventSelection.all());
        Optional<Session> source = original.map(tempState::apply);
        if (source.isPresent() && written == null && novelty.isLikely()) {
            Optional<Status> created = write(Status.CREATED, new StoreRequest(source.get(), Precondition.absent()));
            if (created.isPresent()) {
                countWhatWasWritten(original, Optional.empty());
                return settledUnlessChanged(source, created.get());
            }
        }
        Optional<Session> target = find(to, EventSelection.all());
        novelty.learn(target.isEmpty());
        absenceSeen |= target.isEmpty();
        if (target.isPresent() && isLeftover(source, target.get())) {
            return removeLeftover(source, target.get());
        }
        ReconcileStep step = ReconcileStep.next(comparison, source, target);
        if (step.write().isPresent() && areDifferentSessions(source, target) && hasChanged(source)) {
            return Optional.empty();
        }
        if (step.write().isPresent()) {
            Optional<Status> status = write(step.status(), step.write().get());
            status.ifPresent(done -> countWhatWasWritten(original, target));
            return status.flatMap(done -> settledUnlessChanged(source, done));
        }
        return step.status() == Status.TARGET_AHEAD
                ? settledUnlessChanged(source, step.status())
                : Optional.of(source.isPresent() ? done(step.status()) : step.status());
    }

    /**
     * Takes over what a call for many sessions has done for this one: {@link #run} goes on from there, if this has not
     * settled it.
     *
     * @param original what was read of the source
     * @param source what was written of it
     * @param result what became of its creation
     * @param unchanged whether the source is known to have stayed as it was read
     */
    Optional<ReconcileResult> createdWithOthers(
            Session original, Session source, StoreResult result, boolean unchanged) {
        created = source;
        written = Status.CREATED;
        if (result.failure().isPresent()) {
            triesFailed++;
            return Optional.empty();
        }
        Optional<Status> status = note(Status.CREATED, result.get(), null, null);
        if (status.isPresent()) {
            countWhatWasWritten(Optional.of(original), Optional.empty());
        }
        return status.filter(done -> unchanged).map(this::done).map(this::result);
    }

    /** What {@link #run} would tell, if there is nothing to be done with what a call for many sessions has read. */
    Optional<ReconcileResult> unchanged(Session original, Session target) {
        ReconcileStep step =
                ReconcileStep.next(comparison, Optional.of(tempState.apply(original)), Optional.of(target));
        return step.status() == Status.UNCHANGED ? Optional.of(result(Status.UNCHANGED)) : Optional.empty();
    }

    private ReconcileResult result(Status status) {
        return new ReconcileResult(
                key, status, eventsAppended, encodings, storedId, triesFailed, tempKeysDropped, synthesisedIds);
    }

    private void countWhatWasWritten(Optional<Session> source, Optional<Session> targetBefore) {
        source.ifPresent(session -> {
            synthesisedIds = session.synthesisedIds();
            tempKeysDropped += tempState.countDropped(targetBefore
                    .map(target -> SessionComparison.eventsOnlyIn(session, target))
                    .orElse(session.events()));
        });
    }

    private Optional<Session> find(SessionService store, EventSelection events) {
        return retries.callInside(attempt -> {
            countIfRepeated(attempt);
            return store.find(key, events);
        });
    }

    private void countIfRepeated(int attempt) {
        if (attempt > 0) {
            triesFailed++;
        }
    }

    /** Writes, and tells what was done; empty if the target no longer was as it had been read. */
    private Optional<Status> write(Status status, StoreRequest request) {
        Session createdBefore = created;
        Status writtenBefore = written;
        if (status == Status.CREATED || created != null) {
            created = request.session();
        }
        written = written == Status.CREATED ? Status.CREATED : status;
        return note(status, to.store(request.session(), request.precondition()), createdBefore, writtenBefore);
    }

    private Optional<Status> note(
            Status status, StoreOutcome outcome, @Nullable Session createdBefore, @Nullable Status writtenBefore) {
        absenceSeen |= outcome.status() == StoreOutcome.Status.CREATED;
        eventsAppended += outcome.eventsAppended();
        outcome.encodings().forEach((kind, count) -> encodings.merge(kind, count, Integer::sum));
        storedId = outcome.storedId().or(() -> storedId);
        switch (outcome.status()) {
            case CREATED, UPDATED -> {
                return Optional.of(status);
            }
            case UNCHANGED -> {
                written = writtenBefore;
                return Optional.of(Status.UNCHANGED);
            }
            case CONFLICT -> {
                created = createdBefore;
                written = writtenBefore;
                return Optional.empty();
            }
        }
        throw new AssertionError(outcome.status());
    }

    private Status done(Status otherwise) {
        return written == null ? otherwise : written;
    }

    private Optional<Status> settledUnlessChanged(Optional<Session> source, Status status) {
        return hasChanged(source) ? Optional.empty() : Optional.of(done(status));
    }

    private boolean hasChanged(Optional<Session> source) {
        Optional<Session> now = find(from, EventSelection.none());
        return !isSameVersion(source, now);
    }

    static boolean isSameVersion(Optional<Session> one, Optional<Session> other) {
        return one.map(SessionReconciliation::version).equals(other.map(SessionReconciliation::version));
    }

    /** Whether one was deleted and created anew: what was read of the other one may be of the session before. */
    private static boolean areDifferentSessions(Optional<Session> source, Optional<Session> target) {
        return source.isPresent()
                && target.isPresent()
                && !source.get().createTime().equals(target.get().createTime());
    }

    private static Object version(Session session) {
        return Map.entry(session.revision(), session.updateTime());
    }

    /**
     * Whether the target's session is nothing but what this call has put there, while the source's was deleted, or deleted
     * and created anew. An event never leaves a session that lives on.
     */
    private boolean isLeftover(Optional<Session> source, Session target) {
        Session mine = created;
        return mine != null
                && !target.updateTime().isAfter(mine.updateTime())
                && SessionComparison.eventsOnlyIn(target, mine).isEmpty()
                && (source.isEmpty()
                        || !SessionComparison.eventsOnlyIn(mine, source.get()).isEmpty());
    }

    private Optional<Status> removeLeftover(Optional<Session> source, Session target) {
        DeleteOutcome outcome = to.delete(key, ReconcileStep.standing(target));
        if (outcome == DeleteOutcome.CONFLICT) {
            return Optional.empty();
        }
        created = null;
        written = null;
        return source.isEmpty() ? Optional.of(Status.SOURCE_ABSENT) : Optional.empty();
    }
}
