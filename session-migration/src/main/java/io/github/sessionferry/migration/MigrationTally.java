package io.github.sessionferry.migration;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import io.github.sessionferry.migration.MigrationReport.SharedState;
import io.github.sessionferry.migration.SessionOutcome.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Counts what a migration does, in constant memory. What an earlier run did can be added as well, from its journal's
 * lines: each counts at its own time. Thread-safe.
 */
final class MigrationTally {

    private static final int MOST_EXAMPLES = 20;

    private final Map<Status, Long> sessions = new EnumMap<>(Status.class);
    private final SpeedTally speed;
    private long eventsAppended;
    private long retries;
    private long tempKeysDropped;
    private final Problems problems = new Problems();
    private final Map<String, Long> encodings = new TreeMap<>();
    private final Map<String, Long> synthesisedIds = new TreeMap<>();
    private final PassedOverTally passedOver = new PassedOverTally();
    private long idsMapped;
    private final Map<SessionKey, String> mappedIds = new LinkedHashMap<>();
    private long scopes;
    private long sharedWritten;
    private long sharedUnchanged;
    private long scopesFailed;
    private long conflicts;
    private final List<SharedKey> conflictExamples = new ArrayList<>();
    private OverruledCopies overruledCopies = OverruledCopies.NONE;

    MigrationTally(Instant started) {
        speed = new SpeedTally(started);
    }

    synchronized void add(SessionOutcome outcome) {
        speed.add(outcome);
        sessions.merge(outcome.status(), 1L, Long::sum);
        eventsAppended += outcome.eventsAppended();
        retries += outcome.retries();
        tempKeysDropped += outcome.tempKeysDropped();
        outcome.encodings().forEach((kind, count) -> encodings.merge(kind, (long) count, Long::sum));
        outcome.synthesisedIds().forEach((kind, count) -> synthesisedIds.merge(kind, (long) count, Long::sum));
        outcome.storedId().ifPresent(storedId -> {
            idsMapped++;
            if (mappedIds.size() < MOST_EXAMPLES) {
                mappedIds.put(outcome.key(), storedId);
            }
        });
        outcome.failure()
                .ifPresent(failure -> problems.add(
                        outcome.status() == Status.SKIPPED,
                        failure.code(),
                        Problem.Example.of(outcome.key(), failure.message())));
    }

    synchronized void add(UnreadableRecord unreadable, Instant time) {
        speed.addUnreadable(time);
        sessions.merge(Status.SKIPPED, 1L, Long::sum);
        problems.add(
                true, SessionErrorCode.CORRUPT.name(), Problem.Example.at(unreadable.location(), unreadable.reason()));
    }

    synchronized void addPassedOver(UnreadableRecord other) {
        passedOver.add(other);
    }

    synchronized void add(SharedReconcileResult result) {
        SharedStateOutcome outcome = result.outcome();
        addScope(
                result.scope(),
                outcome.written().size(),
                outcome.unchanged().size(),
                outcome.kept(),
                result.allOverruledCopies(),
                result.retries());
    }

    synchronized void addScope(
            SharedScope scope,
            long written,
            long unchanged,
            List<String> kept,
            OverruledCopies overruled,
            long repeated) {
        scopes++;
        overruledCopies = overruledCopies.plus(overruled);
        retries += repeated;
        sharedWritten += written;
        sharedUnchanged += unchanged;
        conflicts += kept.size();
        for (String key : kept) {
            if (conflictExamples.size() < MOST_EXAMPLES) {
                conflictExamples.add(new SharedKey(scope, key));
            }
        }
    }

    synchronized void addFailed(SharedScope scope, Failure failure) {
        scopes++;
        scopesFailed++;
        problems.add(false, failure.code(), Problem.Example.at("shared state of " + scope, failure.message()));
    }

    synchronized MigrationCounts counts() {
        return new MigrationCounts(
                count(Status.CREATED),
                count(Status.UPDATED),
                count(Status.UNCHANGED),
                count(Status.TARGET_AHEAD),
                count(Status.GONE),
                count(Status.SKIPPED),
                count(Status.FAILED),
                eventsAppended,
                retries);
    }

    private long count(Status status) {
        return sessions.getOrDefault(status, 0L);
    }

    synchronized MigrationReport report(
            RunSummary run, boolean dryRun, List<QuotaUse> quotas, Optional<RolledBack> rollback) {
        return new MigrationReport(
                run,
                dryRun,
                counts(),
                speed.speed(),
                quotas,
                problems.list(),
                passedOver.passedOver(),
                encodings,
                tempKeysDropped,
                synthesisedIds,
                new MappedIds(idsMapped, mappedIds),
                new SharedState(
                        scopes,
                        sharedWritten,
                        sharedUnchanged,
                        scopesFailed,
                        conflicts,
                        conflictExamples,
                        overruledCopies),
                rollback);
    }
}
