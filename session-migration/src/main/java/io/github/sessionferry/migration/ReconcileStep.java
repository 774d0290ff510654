package io.github.sessionferry.migration;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.migration.ReconcileResult.Status;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What has to be done so that the target holds what the source holds. Immutable.
 *
 * @param status what becomes of the session by it
 * @param write what to store in the target; empty if nothing
 * @param eventsMissing how many events the target lacks
 */
record ReconcileStep(Status status, Optional<StoreRequest> write, int eventsMissing) {

    static ReconcileStep next(SessionComparison comparison, Optional<Session> source, Optional<Session> target) {
        if (source.isEmpty()) {
            return nothing(target.isEmpty() ? Status.ABSENT : Status.SOURCE_ABSENT);
        }
        if (target.isEmpty()) {
            return new ReconcileStep(
                    Status.CREATED,
                    Optional.of(new StoreRequest(source.get(), Precondition.absent())),
                    source.get().events().size());
        }
        return SessionComparison.isAhead(target.get(), source.get())
                ? leaveAhead(source.get(), target.get())
                : catchUp(comparison, source.get(), target.get());
    }

    private static ReconcileStep leaveAhead(Session source, Session target) {
        List<SessionEvent> missing = SessionComparison.eventsOnlyIn(source, target);
        if (missing.isEmpty()) {
            return nothing(Status.TARGET_AHEAD);
        }
        Session completed = SessionMerge.withState(target, source).toBuilder()
                .events(Stream.concat(target.events().stream(), missing.stream())
                        .toList())
                .build();
        return write(Status.TARGET_AHEAD, completed, target, missing.size());
    }

    private static ReconcileStep catchUp(SessionComparison comparison, Session source, Session target) {
        Session wanted = SessionMerge.withState(source, target);
        return comparison.isUpToDate(wanted, target)
                ? nothing(Status.UNCHANGED)
                : write(
                        Status.UPDATED,
                        wanted,
                        target,
                        SessionComparison.eventsOnlyIn(source, target).size());
    }

    private static ReconcileStep nothing(Status status) {
        return new ReconcileStep(status, Optional.empty(), 0);
    }

    private static ReconcileStep write(Status status, Session session, Session target, int eventsMissing) {
        return new ReconcileStep(status, Optional.of(new StoreRequest(session, standing(target))), eventsMissing);
    }

    /** The precondition that a session that was read still stands as it was. */
    static Precondition standing(Session session) {
        return Precondition.revision(session.revision()
                .orElseThrow(() -> new SessionException(
                        SessionErrorCode.INTERNAL,
                        "the store gave a session without a revision, so it cannot be changed safely; its adapter must"
                                + " give one",
                        session.key(),
                        null,
                        null)));
    }
}
