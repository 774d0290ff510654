package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.DifferingSession.Status;
import io.github.sessionferry.migration.Judgement.Outcome;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what a validation finds, and keeps as many details as wanted. Thread-safe. */
final class ValidationTally {

    private final int mostDetails;
    private int details;
    private long target;
    private long recordsUnreadableInSource;
    private long recordsUnreadableInTarget;
    private long differences;
    private final Map<Outcome, Long> sessions = new EnumMap<>(Outcome.class);
    private final Map<Outcome, Long> scopes = new EnumMap<>(Outcome.class);
    private final Map<SessionKey, DifferingSession> differingSessions = new LinkedHashMap<>();
    private final Map<SharedScope, DifferingScope> differingScopes = new LinkedHashMap<>();
    private final Problems problems = new Problems();

    ValidationTally(int mostDetails) {
        this.mostDetails = mostDetails;
    }

    /** The books for sessions. */
    Examination.Books<SessionKey> ofSessions() {
        return new Examination.Books<>() {
            @Override
            public void add(SessionKey key, Judgement judgement) {
                addSession(key, judgement);
            }

            @Override
            public void remove(SessionKey key, Judgement judgement) {
                removeSession(key, judgement);
            }
        };
    }

    /** The books for shared state. */
    Examination.Books<SharedScope> ofSharedState() {
        return new Examination.Books<>() {
            @Override
            public void add(SharedScope scope, Judgement judgement) {
                addScope(scope, judgement);
            }

            @Override
            public void remove(SharedScope scope, Judgement judgement) {
                removeScope(scope, judgement);
            }
        };
    }

    synchronized void addTarget() {
        target++;
    }

    synchronized void addUnreadable(boolean inSource, UnreadableRecord record) {
        if (inSource) {
            recordsUnreadableInSource++;
        } else {
            recordsUnreadableInTarget++;
        }
        problems.add(
                true,
                SessionErrorCode.CORRUPT.name(),
                Problem.Example.at((inSource ? "source: " : "target: ") + record.location(), record.reason()));
    }

    private synchronized void addSession(SessionKey key, Judgement judgement) {
        sessions.merge(judgement.outcome(), 1L, Long::sum);
        differences += judgement.differenceCount();
        judgement
                .failure()
                .ifPresent(failure -> problems.add(isSkipped(judgement), failure.code(), example(key, failure)));
        if (isDifference(judgement) && details < mostDetails) {
            List<Difference> first = firstOf(judgement.differences());
            details += room(first);
            differingSessions.put(
                    key,
                    new DifferingSession(key, Status.valueOf(judgement.outcome().name()), first));
        }
    }

    private synchronized void removeSession(SessionKey key, Judgement judgement) {
        sessions.merge(judgement.outcome(), -1L, Long::sum);
        differences -= judgement.differenceCount();
        judgement
                .failure()
                .ifPresent(failure -> problems.remove(isSkipped(judgement), failure.code(), example(key, failure)));
        DifferingSession listed = differingSessions.remove(key);
        if (listed != null) {
            details -= room(listed.differences());
        }
    }

    private synchronized void addScope(SharedScope scope, Judgement judgement) {
        scopes.merge(judgement.outcome(), 1L, Long::sum);
        differences += judgement.differenceCount();
        judgement
                .failure()
                .ifPresent(failure -> problems.add(isSkipped(judgement), failure.code(), example(scope, failure)));
        if (isDifference(judgement) && details < mostDetails) {
            List<Difference> first = firstOf(judgement.differences());
            details += room(first);
            differingScopes.put(scope, new DifferingScope(scope, first));
        }
    }

    private synchronized void removeScope(SharedScope scope, Judgement judgement) {
        scopes.merge(judgement.outcome(), -1L, Long::sum);
        differences -= judgement.differenceCount();
        judgement
                .failure()
                .ifPresent(failure -> problems.remove(isSkipped(judgement), failure.code(), example(scope, failure)));
        DifferingScope listed = differingScopes.remove(scope);
        if (listed != null) {
            details -= room(listed.differences());
        }
    }

    private static boolean isDifference(Judgement judgement) {
        return switch (judgement.outcome()) {
            case DIFFERENT, MISSING, UNEXPECTED -> true;
            case EQUAL, REPAIRED, UNREADABLE_IN_SOURCE, UNREADABLE_IN_TARGET, FAILED, NONE -> false;
        };
    }

    private static boolean isSkipped(Judgement judgement) {
        return judgement.outcome() != Outcome.FAILED;
    }

    private static Problem.Example example(SessionKey key, Failure failure) {
        return Problem.Example.of(key, failure.message());
    }

    private static Problem.Example example(SharedScope scope, Failure failure) {
        return Problem.Example.at("shared state of " + scope, failure.message());
    }

    /** As many as there is still room for. */
    private List<Difference> firstOf(List<Difference> found) {
        return found.subList(0, Math.min(found.size(), mostDetails - details));
    }

    /** What a session or scope takes; without any difference it takes the room of one. */
    private static int room(List<Difference> listed) {
        return Math.max(1, listed.size());
    }

    private long sessions(Outcome outcome) {
        return sessions.getOrDefault(outcome, 0L);
    }

    private long scopes(Outcome outcome) {
        return scopes.getOrDefault(outcome, 0L);
    }

    synchronized ValidationCounts counts() {
        long matched = sessions(Outcome.EQUAL) + sessions(Outcome.REPAIRED);
        long scopesMatched = scopes(Outcome.EQUAL) + scopes(Outcome.REPAIRED);
        return new ValidationCounts(
                matched + sessions(Outcome.DIFFERENT) + sessions(Outcome.MISSING),
                target,
                matched,
                sessions(Outcome.DIFFERENT),
                sessions(Outcome.MISSING),
                sessions(Outcome.UNEXPECTED),
                sessions(Outcome.REPAIRED),
                recordsUnreadableInSource + sessions(Outcome.UNREADABLE_IN_SOURCE),
                recordsUnreadableInTarget + sessions(Outcome.UNREADABLE_IN_TARGET),
                sessions(Outcome.FAILED) + scopes(Outcome.FAILED),
                differences,
                scopesMatched + scopes(Outcome.DIFFERENT),
                scopes(Outcome.DIFFERENT),
                scopes(Outcome.REPAIRED));
    }

    synchronized ValidationReport report(ValidationReport.Run run) {
        return new ValidationReport(
                run,
                counts(),
                List.copyOf(differingSessions.values()),
                List.copyOf(differingScopes.values()),
                problems.list());
    }
}
