package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.migration.DifferingSession.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what a validation finds, and keeps as many details as wanted. Thread-safe. */
final class ValidationTally {

    private final int mostDetails;
    private int details;
    private long source;
    private long target;
    private long matched;
    private final Map<Status, Long> differing = new EnumMap<>(Status.class);
    private long unreadableInSource;
    private long unreadableInTarget;
    private long failed;
    private long differences;
    private long sharedScopes;
    private long sharedDifferent;
    private final List<DifferingSession> sessions = new ArrayList<>();
    private final List<DifferingScope> scopes = new ArrayList<>();
    private final Problems problems = new Problems();

    ValidationTally(int mostDetails) {
        this.mostDetails = mostDetails;
    }

    synchronized void addSource() {
        source++;
    }

    synchronized void addTarget(int sessions) {
        target += sessions;
    }

    synchronized void addMatched() {
        matched++;
    }

    synchronized void add(SessionKey key, Status status, List<Difference> found) {
        differing.merge(status, 1L, Long::sum);
        differences += found.size();
        if (details < mostDetails) {
            sessions.add(new DifferingSession(key, status, firstOf(found)));
        }
    }

    synchronized void add(SharedScope scope, List<Difference> found) {
        sharedScopes++;
        if (found.isEmpty()) {
            return;
        }
        sharedDifferent++;
        differences += found.size();
        if (details < mostDetails) {
            scopes.add(new DifferingScope(scope, firstOf(found)));
        }
    }

    /** As many as there is still room for; a session or scope without any takes the room of one. */
    private List<Difference> firstOf(List<Difference> found) {
        List<Difference> first = found.subList(0, Math.min(found.size(), mostDetails - details));
        details += Math.max(1, first.size());
        return first;
    }

    synchronized void addUnreadable(boolean inSource, Problem.Example example) {
        if (inSource) {
            unreadableInSource++;
        } else {
            unreadableInTarget++;
        }
        problems.add(true, "CORRUPT", example);
    }

    synchronized void addFailed(String code, Problem.Example example) {
        failed++;
        problems.add(false, code, example);
    }

    synchronized ValidationCounts counts() {
        return new ValidationCounts(
                source,
                target,
                matched,
                differing.getOrDefault(Status.DIFFERENT, 0L),
                differing.getOrDefault(Status.MISSING, 0L),
                differing.getOrDefault(Status.UNEXPECTED, 0L),
                unreadableInSource,
                unreadableInTarget,
                failed,
                differences,
                sharedScopes,
                sharedDifferent);
    }

    synchronized ValidationReport report(RunSummary run, Duration tolerance) {
        return new ValidationReport(run, tolerance, counts(), sessions, scopes, problems.list());
    }
}
