package io.github.sessionferry.migration;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The retirement of one session: it goes at the revision that was compared, so that one that changes meanwhile is looked at
 * anew. Not thread-safe.
 */
final class SessionRetirement {

    private static final int MOST_LOOKS = 5;
    private static final int DIFFERENCES_TOLD = 3;

    /** What becomes of a session. */
    enum Status {
        /** It was in the target and is gone from the source, or would be. */
        DELETED,
        /** It changed after the cut-off. */
        YOUNG,
        /** Somebody else deleted it. */
        GONE,
        /** The target does not hold it. */
        UNPROVEN
    }

    /**
     * What became of it.
     *
     * @param status in a word
     * @param reason why it is not proven to be in the target; empty if it is
     */
    record Outcome(Status status, Optional<Failure> reason) {

        private static Outcome of(Status status) {
            return new Outcome(status, Optional.empty());
        }

        private static Outcome unproven(String code, String message) {
            return new Outcome(Status.UNPROVEN, Optional.of(new Failure(code, message)));
        }
    }

    private final Retirement.Builder settings;
    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Instant cutOff;
    private final SessionKey key;

    /** Whether a deletion got no answer, and may have been made. */
    private boolean maybeDeleted;

    SessionRetirement(Retirement.Builder settings, SessionComparison comparison, Instant cutOff, SessionKey key) {
        this.settings = settings;
        from = settings.from;
        to = settings.to;
        this.comparison = comparison;
        this.cutOff = cutOff;
        this.key = key;
    }

    /** Does it; called again after a failure, it first looks at what has become of the session. */
    Outcome settle() {
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            Optional<Session> source = from.find(key, EventSelection.all());
            if (source.isEmpty()) {
                return Outcome.of(maybeDeleted ? Status.DELETED : Status.GONE);
            }
            if (!source.get().updateTime().isBefore(cutOff)) {
                return Outcome.of(Status.YOUNG);
            }
            Optional<Outcome> unproven = unproven(source.get());
            if (unproven.isPresent()) {
                return unproven.get();
            }
            if (!settings.delete || deleted(source.get())) {
                return Outcome.of(Status.DELETED);
            }
        }
        throw new SessionException(
                SessionErrorCode.CONTENTION,
                "the session changed in " + from.name() + " during each of " + MOST_LOOKS
                        + " tries to delete it; run again when it is quieter",
                key,
                null,
                null);
    }

    private Optional<Outcome> unproven(Session source) {
        Optional<Session> target = to.find(key, EventSelection.all());
        if (target.isEmpty()) {
            return Optional.of(Outcome.unproven(Failure.NOT_IN_TARGET, to.name() + " does not have it"));
        }
        List<Difference> lacking = comparison.lacking(source, target.get());
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of(Outcome.unproven(Failure.DIFFERENT, "in " + to.name() + ": " + inWords(lacking)));
    }

    private static String inWords(List<Difference> lacking) {
        String first = lacking.stream()
                .limit(DIFFERENCES_TOLD)
                .map(difference -> difference.path() + " "
                        + difference.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
        return lacking.size() > DIFFERENCES_TOLD
                ? first + " and " + (lacking.size() - DIFFERENCES_TOLD) + " more"
                : first;
    }

    /** Deletes what was compared; false if it no longer stands so. */
    private boolean deleted(Session compared) {
        try {
            return from.delete(key, ReconcileStep.standing(compared)) == DeleteOutcome.DELETED;
        } catch (AmbiguousOutcomeException e) {
            maybeDeleted = true;
            throw e;
        }
    }
}
