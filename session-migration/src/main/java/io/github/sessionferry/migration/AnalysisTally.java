package io.github.sessionferry.migration;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.SessionDocument;
import io.github.sessionferry.migration.AnalysisReport.SharedState;
import io.github.sessionferry.migration.AnalysisReport.Target;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Counts what an analysis meets, in constant memory. Thread-safe. */
final class AnalysisTally {

    static final String OTHER_KINDS = "(others)";
    private static final int MOST_EXAMPLES = 10;
    private static final int MOST_KINDS = 100;

    private final boolean sharesState;
    private long sessions;
    private long visitors;
    private long events;
    private long skipped;
    private long failed;
    private final DistinctCount apps = new DistinctCount();
    private final DistinctCount users = new DistinctCount();
    private final Distribution.Tally bytes = new Distribution.Tally();
    private final Distribution.Tally eventsEach = new Distribution.Tally();
    private final Map<String, Long> kinds = new TreeMap<>();
    private long scopes;
    private long conflicts;
    private final List<SharedKey> conflictExamples = new ArrayList<>();
    private OverruledCopies overruledCopies = OverruledCopies.NONE;
    private final CopyConflicts copies = new CopyConflicts();
    private final Problems problems = new Problems();
    private final PassedOverTally passedOver = new PassedOverTally();

    private long present;
    private long refused;
    private final Map<String, Long> encodings = new TreeMap<>();
    private long idsMapped;
    private final Map<SessionKey, String> mappedIds = new LinkedHashMap<>();
    private final Map<String, Long> calls = new TreeMap<>();
    private long roundTrips;
    private Duration reading = Duration.ZERO;
    private Duration lookingUp = Duration.ZERO;

    /**
     * Begins.
     *
     * @param sharesState whether all sessions of the source see one value of a shared key; else each has a copy
     */
    AnalysisTally(boolean sharesState) {
        this.sharesState = sharesState;
    }

    void add(Session session, String kind) {
        long size = Json.write(SessionDocument.write(session)).getBytes(StandardCharsets.UTF_8).length;
        add(session, kind, size);
    }

    private synchronized void add(Session session, String kind, long size) {
        SessionKey key = session.key();
        sessions++;
        events += session.events().size();
        bytes.add(size);
        eventsEach.add(session.events().size());
        kinds.merge(kinds.containsKey(kind) || kinds.size() < MOST_KINDS ? kind : OTHER_KINDS, 1L, Long::sum);
        apps.add(key.appName());
        if (key.userId().isEmpty()) {
            visitors++;
        } else {
            users.add(Json.write(List.of(key.appName(), key.userId())));
        }
        if (!sharesState) {
            compareCopies(session, key.appScope());
            compareCopies(session, key.userScope());
        }
    }

    private void compareCopies(Session session, SharedScope scope) {
        session.state(scope.stateScope()).forEach((key, value) -> {
            if (copies.isNew(scope, key, value)) {
                addConflict(scope, key);
            }
        });
    }

    private void addConflict(SharedScope scope, String key) {
        conflicts++;
        if (conflictExamples.size() < MOST_EXAMPLES) {
            conflictExamples.add(new SharedKey(scope, key));
        }
    }

    /** Adds what was found of a scope's state, in the source alone or compared with the target. */
    synchronized void add(SharedReconcileResult found) {
        scopes++;
        overruledCopies = overruledCopies.plus(found.allOverruledCopies());
        Set<String> disagreeing = new LinkedHashSet<>(found.outcome().kept());
        disagreeing.addAll(found.overruledCopies().keySet());
        disagreeing.forEach(key -> addConflict(found.scope(), key));
    }

    /** Counts what storing a session that the target lacks would take. */
    synchronized void add(SessionKey key, StoreRehearsal rehearsal) {
        rehearsal.encodings().forEach((kind, count) -> encodings.merge(kind, (long) count, Long::sum));
        rehearsal.calls().forEach((kind, count) -> calls.merge(kind, (long) count, Long::sum));
        roundTrips += rehearsal.roundTrips();
        rehearsal.storedId().ifPresent(storedId -> {
            idsMapped++;
            if (mappedIds.size() < MOST_EXAMPLES) {
                mappedIds.put(key, storedId);
            }
        });
    }

    synchronized void addPresent() {
        present++;
    }

    /** Counts how long some sessions took to be read in the source, and to be looked up in the target. */
    synchronized void addTimes(Duration inSource, Duration inTarget) {
        reading = reading.plus(inSource);
        lookingUp = lookingUp.plus(inTarget);
    }

    synchronized void add(UnreadableRecord record) {
        skipped++;
        problems.add(true, SessionErrorCode.CORRUPT.name(), Problem.Example.at(record.location(), record.reason()));
    }

    synchronized void addPassedOver(UnreadableRecord other) {
        passedOver.add(other);
    }

    synchronized void addRefused(SessionKey key, Failure failure) {
        refused++;
        skipped++;
        problems.add(true, failure.code(), Problem.Example.of(key, failure.message()));
    }

    synchronized void addFailed(Problem.Example example, Failure failure, boolean inTheSession) {
        if (inTheSession) {
            skipped++;
        } else {
            failed++;
        }
        problems.add(inTheSession, failure.code(), example);
    }

    /** Notes that the target keeps no state of a scope. */
    synchronized void addLost(SharedScope scope) {
        skipped++;
        problems.add(
                true,
                SessionErrorCode.UNSUPPORTED.name(),
                Problem.Example.at("shared state of " + scope, "the target keeps no state that sessions share"));
    }

    /** Notes that the target keeps no events, if there are any. */
    synchronized void addLostEvents() {
        if (events > 0) {
            problems.add(
                    true,
                    SessionErrorCode.UNSUPPORTED.name(),
                    Problem.Example.at("events", "the target keeps no events, and would lose " + events));
        }
    }

    synchronized long done() {
        return sessions + skipped + failed;
    }

    synchronized AnalysisCounts counts() {
        return new AnalysisCounts(
                sessions, visitors, users.count(), users.isExact(), apps.count(), events, skipped, failed);
    }

    /** What the target would make of it, once all has been met. */
    synchronized Target target(SessionAnalyzer.Builder settings, List<CallQuota> ofSource, List<CallQuota> ofTarget) {
        List<RemainingTime> bounds = new ArrayList<>();
        // A migration reads each session again after it was written.
        ofSource.forEach(quota -> bounds.add(RemainingTime.ofCalls(quota, 2.0 * quota.made())));
        ofTarget.forEach(quota ->
                bounds.add(RemainingTime.ofCalls(quota, (double) calls.getOrDefault(quota.kind(), 0L))));
        RemainingTime latency = new RemainingTime(latency(settings.concurrency), "latency of the stores");
        RemainingTime longest = RemainingTime.longest(latency, bounds);
        bounds.add(latency);
        return new Target(
                present, refused, encodings, new MappedIds(idsMapped, mappedIds), settings.reserve, longest, bounds);
    }

    /** A call that writes is taken to wait as long as one that looks a session up. */
    private Duration latency(int concurrency) {
        double perLookUp = sessions == 0 ? 0 : Rates.seconds(lookingUp) / sessions;
        double seconds = 2 * Rates.seconds(reading) + Rates.seconds(lookingUp) + roundTrips * perLookUp;
        return Duration.ofMillis(Math.round(seconds / concurrency * 1_000));
    }

    synchronized AnalysisReport report(RunSummary run, Optional<Target> target) {
        return new AnalysisReport(
                run,
                counts(),
                bytes.distribution(),
                eventsEach.distribution(),
                kinds,
                new SharedState(scopes, conflicts, conflictExamples, overruledCopies),
                target,
                problems.list(),
                passedOver.passedOver());
    }
}
