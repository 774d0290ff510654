package io.github.sessionferry.migration;

import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.SessionOutcome.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the lines of a migration's journal tell of earlier attempts: what they have done is counted, what they have
 * postponed or failed is left to do. Not thread-safe.
 */
final class EarlierAttempts {

    private static final int MOST_LEFT = 100_000;

    private final Map<SessionKey, Failure> sessions = new LinkedHashMap<>();
    private final Map<SharedScope, Failure> scopes = new LinkedHashMap<>();
    private final RollbackTally rolledBack = new RollbackTally();
    private @Nullable MigrationTally tally;
    private @Nullable Failure rollback;

    /** Counts what they have done, and can be told what comes after them. */
    MigrationTally tallySince(Instant started) {
        if (tally == null) {
            tally = new MigrationTally(started);
        }
        return tally;
    }

    /** The sessions left to do, with what was wrong. */
    Map<SessionKey, Failure> sessions() {
        return sessions;
    }

    /** The scopes of shared state left to do, with what was wrong. */
    Map<SharedScope, Failure> scopes() {
        return scopes;
    }

    /** Why a rollback was begun that has not come to its end. */
    Optional<Failure> rollback() {
        return Optional.ofNullable(rollback);
    }

    /** Counts what that rollback has done, and can be told what comes after it. */
    RollbackTally rolledBack() {
        return rolledBack;
    }

    void read(Journal journal, JournalLine line) {
        if (line.has(MigrationJournal.ROLLBACK)) {
            readRollback(journal, line);
        } else if (line.has("session")) {
            readSession(journal, line);
        } else if (line.has("record")) {
            readRecord(journal, line);
        } else {
            readScope(journal, line);
        }
    }

    private void readRollback(Journal journal, JournalLine line) {
        switch (line.text(MigrationJournal.ROLLBACK)) {
            case MigrationJournal.BEGUN -> rollback = Journal.failure(line);
            case MigrationJournal.REMOVED -> rolledBack.removed(sessionKey(line));
            case MigrationJournal.DONE ->
                throw new JournalException("the run of the journal " + journal.file()
                        + " was rolled back; begin a new run with another file");
            default -> throw new IllegalArgumentException("no such step of a rollback");
        }
    }

    private void readRecord(Journal journal, JournalLine line) {
        UnreadableRecord record = new UnreadableRecord(line.text("record"), line.text("reason"));
        journal.met(MigrationJournal.SESSIONS, line, record.location());
        MigrationTally counts = tallySince(journal.started());
        if (line.text("status").equals(MigrationJournal.PASSED_OVER)) {
            counts.addPassedOver(record);
        } else {
            counts.add(record, line.time("time"));
        }
    }

    private void readSession(Journal journal, JournalLine line) {
        SessionKey key = sessionKey(line);
        journal.met(MigrationJournal.SESSIONS, line, key);
        if (isLeft(line)) {
            leave(journal, sessions, key, line);
        } else {
            sessions.remove(key);
            tallySince(journal.started()).add(outcome(key, line));
        }
    }

    private void readScope(Journal journal, JournalLine line) {
        SharedScope scope = scope(line);
        journal.met(MigrationJournal.SCOPES, line, scope);
        if (isLeft(line)) {
            leave(journal, scopes, scope, line);
        } else {
            scopes.remove(scope);
            tallySince(journal.started())
                    .addScope(
                            scope,
                            line.number("written"),
                            line.number("unchanged"),
                            line.texts("kept"),
                            line.find(MigrationJournal.OVERRULED)
                                    .map(EarlierAttempts::overruledCopies)
                                    .orElse(OverruledCopies.NONE),
                            line.number("retries"));
        }
    }

    private static OverruledCopies overruledCopies(JournalLine copies) {
        return new OverruledCopies(
                copies.number("count"),
                copies.objects("examples").stream()
                        .map(copy ->
                                new OverruledCopies.Copy(sessionKey(copy), copy.text("key"), copy.time("updateTime")))
                        .toList());
    }

    private static boolean isLeft(JournalLine line) {
        String status = line.text("status");
        return status.equals(MigrationJournal.POSTPONED) || status.equals(Journal.name(Status.FAILED));
    }

    private static <T> void leave(Journal journal, Map<T, Failure> left, T item, JournalLine line) {
        left.put(item, Journal.failure(line));
        if (left.size() > MOST_LEFT) {
            throw new JournalException("the journal " + journal.file() + " holds more than " + MOST_LEFT
                    + " sessions that failed, too many to take up again; begin a new run with another file: what was"
                    + " done is found and not done twice");
        }
    }

    static SessionKey sessionKey(JournalLine line) {
        return new SessionKey(line.text("app"), line.text("user"), line.text("session"));
    }

    static SharedScope scope(JournalLine line) {
        return line.text("scope").equals("app")
                ? SharedScope.app(line.text("app"))
                : SharedScope.user(line.text("app"), line.text("user"));
    }

    private static SessionOutcome outcome(SessionKey key, JournalLine line) {
        return new SessionOutcome(
                key,
                line.constant("status", Status.class),
                line.has("code") ? Optional.of(Journal.failure(line)) : Optional.empty(),
                line.smallNumber("events"),
                line.find("encodings").map(JournalLine::smallNumbers).orElse(Map.of()),
                line.findText("stored_id"),
                line.smallNumber("retries"),
                line.has(MigrationJournal.TEMP_KEYS) ? line.smallNumber(MigrationJournal.TEMP_KEYS) : 0,
                line.find(MigrationJournal.SYNTHESISED)
                        .map(JournalLine::smallNumbers)
                        .orElse(Map.of()),
                line.time("time"),
                line.has("micros")
                        ? Optional.of(Duration.of(line.number("micros"), ChronoUnit.MICROS))
                        : Optional.empty());
    }
}
