package io.github.sessionferry.migration;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.Judgement.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares sessions of two stores that may be in use: one that differs is looked at until neither side has changed since
 * the look before. Thread-safe.
 */
final class SessionJudge {

    private static final int MOST_LOOKS = 5;

    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;

    SessionJudge(SessionService from, SessionService to, SessionComparison comparison, Retries retries) {
        this.from = from;
        this.to = to;
        this.comparison = comparison;
        this.retries = retries;
    }

    Judgement judge(SessionKey key) {
        Look look = look(key);
        Look before = look;
        for (int looks = 1; looks < MOST_LOOKS && !look.judgement().isFine(); looks++) {
            look = look(key);
            if (look.versions().equals(before.versions())) {
                break;
            }
            before = look;
        }
        return look.judgement();
    }

    /** Judges a session that the source has told; if it is gone there, it is left to the scan of the target. */
    Judgement judgeOfSource(SessionKey key) {
        Judgement judgement = judge(key);
        return judgement.outcome() == Outcome.UNEXPECTED ? Judgement.NONE : judgement;
    }

    /** Judges a session that the target has told; one that the source has is judged when the source tells it. */
    Judgement judgeOfTarget(SessionKey key) {
        return exists(to, key) && !exists(from, key) ? Judgement.of(Outcome.UNEXPECTED) : Judgement.NONE;
    }

    /** Judges a session that neither store has told. */
    Judgement judgeNamed(SessionKey key) {
        Judgement judgement = judge(key);
        return judgement.outcome() == Outcome.NONE
                ? Judgement.failed(
                        Outcome.FAILED, new Failure(Failure.IN_NEITHER_STORE, "neither store has such a session"))
                : judgement;
    }

    /** Those that the source has, found with one call; none if it fails, for then each is judged on its own. */
    Set<SessionKey> findInSource(Collection<SessionKey> keys) {
        try {
            return retries.call(() -> from.findAll(keys, EventSelection.none())).keySet();
        } catch (SessionException e) {
            return Set.of();
        }
    }

    /** What was seen at one moment, and which versions of both sides that is true for. */
    private record Look(Judgement judgement, List<Object> versions) {}

    private Look look(SessionKey key) {
        Optional<Session> source = read(from, key, Outcome.UNREADABLE_IN_SOURCE);
        Optional<Session> target = read(to, key, Outcome.UNREADABLE_IN_TARGET);
        return new Look(
                judgement(source, target),
                List.of(source.map(SessionJudge::version), target.map(SessionJudge::version)));
    }

    private Judgement judgement(Optional<Session> source, Optional<Session> target) {
        if (source.isPresent() && target.isPresent()) {
            return Judgement.of(comparison.differences(source.get(), target.get()));
        }
        if (source.isPresent()) {
            return Judgement.of(Outcome.MISSING);
        }
        return target.isPresent() ? Judgement.of(Outcome.UNEXPECTED) : Judgement.NONE;
    }

    private static Object version(Session session) {
        return List.of(session.revision(), session.updateTime());
    }

    private Optional<Session> read(SessionService store, SessionKey key, Outcome unreadable) {
        try {
            return retries.call(() -> store.find(key, EventSelection.all()));
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.CORRUPT) {
                throw new UnreadableSessionException(unreadable, e);
            }
            throw e;
        }
    }

    private boolean exists(SessionService store, SessionKey key) {
        try {
            return retries.call(() -> store.find(key, EventSelection.none())).isPresent();
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.CORRUPT) {
                return true;
            }
            throw e;
        }
    }

    /** Tells which of the two stores holds a session that cannot be read. */
    static final class UnreadableSessionException extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final Outcome outcome;

        UnreadableSessionException(Outcome outcome, SessionException cause) {
            super(cause.getMessage(), cause);
            this.outcome = outcome;
        }

        Judgement judgement() {
            return Judgement.failed(
                    outcome, new Failure(SessionErrorCode.CORRUPT.name(), String.valueOf(getMessage())));
        }
    }
}
