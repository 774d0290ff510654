package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.SessionRetirement.Outcome;
import io.github.sessionferry.migration.SessionRetirement.Status;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what a retirement meets, and gathers why sessions stay. Thread-safe. */
final class RetirementTally {

    private final Map<Status, Long> settled = new EnumMap<>(Status.class);
    private final Problems problems = new Problems();
    private long unreadable;
    private long failed;

    synchronized void add(SessionKey key, Outcome outcome) {
        settled.merge(outcome.status(), 1L, Long::sum);
        outcome.reason()
                .ifPresent(reason -> problems.add(true, reason.code(), Problem.Example.of(key, reason.message())));
    }

    synchronized void addFailed(SessionKey key, Failure failure, boolean inTheSession) {
        if (inTheSession) {
            unreadable++;
        } else {
            failed++;
        }
        problems.add(inTheSession, failure.code(), Problem.Example.of(key, failure.message()));
    }

    synchronized void add(UnreadableRecord record) {
        unreadable++;
        problems.add(true, SessionErrorCode.CORRUPT.name(), Problem.Example.at(record.location(), record.reason()));
    }

    synchronized RetirementCounts counts() {
        return new RetirementCounts(
                count(Status.DELETED),
                count(Status.YOUNG),
                count(Status.GONE),
                count(Status.UNPROVEN),
                unreadable,
                failed);
    }

    private long count(Status status) {
        return settled.getOrDefault(status, 0L);
    }

    synchronized List<Problem> problems() {
        return problems.list();
    }
}
