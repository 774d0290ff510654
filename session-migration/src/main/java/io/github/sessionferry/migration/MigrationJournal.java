package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.SessionOutcome.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a migration: a line for each session, unreadable record and scope of shared state dealt with, with ids,
 * codes, counts and times but no content. What has a line is not done again by a later attempt, unless it was postponed or
 * has failed. Thread-safe.
 */
final class MigrationJournal implements AutoCloseable {

    static final String SESSIONS = "sessions";
    static final String SCOPES = "scopes";
    static final String POSTPONED = "postponed";
    static final String ROLLBACK = "rollback";
    static final String BEGUN = "begun";
    static final String REMOVED = "removed";
    static final String DONE = "done";
    static final String PASSED_OVER = "passed_over";

    static final String TEMP_KEYS = "temp_keys_dropped";
    static final String SYNTHESISED = "synthesised_ids";

    static final String OVERRULED = "overruled_copies";

    private static final String CREATED = "created";

    private final Journal journal;

    private MigrationJournal(Journal journal) {
        this.journal = journal;
    }

    /**
     * Begins a journal, or goes on with one.
     *
     * @param settings of the migration
     * @param earlier is told what earlier attempts have done
     * @return the journal; empty if none is asked for and nothing could have to be rolled back
     * @throws JournalException if the file cannot be used for this run
     */
    static Optional<MigrationJournal> open(Migrator.Builder settings, EarlierAttempts earlier) {
        if (settings.journal == null && (settings.keepOnFailure || settings.dryRun)) {
            return Optional.empty();
        }
        JournalHeader header = new JournalHeader(
                "migration",
                settings.from.name(),
                settings.to.name(),
                Map.of("dry_run", settings.dryRun, "temp_state", Journal.name(settings.tempState)));
        JournalFile file = settings.journal == null ? JournalFile.openTemporary() : JournalFile.open(settings.journal);
        return Optional.of(
                new MigrationJournal(Journal.open(file, header, settings.resume, settings.clock, earlier::read)));
    }

    int attempts() {
        return journal.attempts();
    }

    Instant started() {
        return journal.started();
    }

    Duration idle() {
        return journal.idle();
    }

    ScanLog sessions() {
        return journal.scanLog(SESSIONS);
    }

    ScanLog scopes() {
        return journal.scanLog(SCOPES);
    }

    /**
     * A session that was dealt with.
     *
     * @param created what was, or may have been, put where the target had nothing
     */
    record Done(SessionOutcome outcome, Optional<CreatedVersion> created) {}

    void addAll(List<Done> sessions, Optional<ScanPlace> place) {
        journal.writeAll(sessions.stream().map(session -> line(session, place)).toList());
    }

    private static Map<String, @Nullable Object> line(Done session, Optional<ScanPlace> place) {
        SessionOutcome outcome = session.outcome();
        Map<String, @Nullable Object> line = session(outcome.key(), place, session.created());
        line.put("status", Journal.name(outcome.status()));
        outcome.failure().ifPresent(failure -> Journal.putFailure(line, failure));
        line.put("events", (long) outcome.eventsAppended());
        line.put("retries", (long) outcome.retries());
        if (outcome.tempKeysDropped() > 0) {
            line.put(TEMP_KEYS, (long) outcome.tempKeysDropped());
        }
        putNumbers(line, "encodings", outcome.encodings());
        putNumbers(line, SYNTHESISED, outcome.synthesisedIds());
        outcome.storedId().ifPresent(id -> line.put("stored_id", id));
        outcome.duration().ifPresent(took -> line.put("micros", TimeUnit.NANOSECONDS.toMicros(took.toNanos())));
        Journal.putTime(line, outcome.time());
        return line;
    }

    private static void putNumbers(Map<String, @Nullable Object> line, String name, Map<String, Integer> numbers) {
        if (!numbers.isEmpty()) {
            Map<String, Object> longs = new TreeMap<>();
            numbers.forEach((kind, count) -> longs.put(kind, (long) count));
            line.put(name, longs);
        }
    }

    void addPostponed(SessionKey key, Failure failure, Optional<ScanPlace> place, Optional<CreatedVersion> created) {
        Map<String, @Nullable Object> line = session(key, place, created);
        line.put("status", POSTPONED);
        Journal.putFailure(line, failure);
        journal.write(line);
    }

    void add(UnreadableRecord unreadable, Failure failure, ScanPlace place, Instant time) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("record", unreadable.location());
        line.put("status", Journal.name(Status.SKIPPED));
        Journal.putFailure(line, failure);
        Journal.putPlace(line, place);
        journal.write(line, time);
    }

    void addPassedOver(UnreadableRecord other, ScanPlace place) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("record", other.location());
        line.put("status", PASSED_OVER);
        line.put("reason", other.reason());
        Journal.putPlace(line, place);
        journal.write(line);
    }

    void add(SharedReconcileResult result, Optional<ScanPlace> place) {
        Map<String, @Nullable Object> line = scope(result.scope(), place);
        line.put("status", DONE);
        line.put("written", (long) result.outcome().written().size());
        line.put("unchanged", (long) result.outcome().unchanged().size());
        line.put("kept", result.outcome().kept());
        if (!result.overruledCopies().isEmpty()) {
            line.put(OVERRULED, ReportJson.overruledCopies(result.allOverruledCopies()));
        }
        line.put("retries", (long) result.retries());
        journal.write(line);
    }

    void addFailed(SharedScope scope, Failure failure, Optional<ScanPlace> place) {
        addNotDone(scope, Journal.name(Status.FAILED), failure, place);
    }

    void addPostponed(SharedScope scope, Failure failure, Optional<ScanPlace> place) {
        addNotDone(scope, POSTPONED, failure, place);
    }

    private void addNotDone(SharedScope scope, String status, Failure failure, Optional<ScanPlace> place) {
        Map<String, @Nullable Object> line = scope(scope, place);
        line.put("status", status);
        Journal.putFailure(line, failure);
        journal.write(line);
    }

    /** Hands over each session that an attempt has created, or may have, line by line. */
    void created(BiConsumer<SessionKey, CreatedVersion> reader) {
        journal.read(line -> line.find(CREATED)
                .ifPresent(version -> reader.accept(
                        EarlierAttempts.sessionKey(line),
                        new CreatedVersion(version.time("updated"), version.smallNumber("events")))));
    }

    void beginRollback(Failure reason) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put(ROLLBACK, BEGUN);
        Journal.putFailure(line, reason);
        journal.write(line);
        journal.force();
    }

    void addRemoved(SessionKey key) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put(ROLLBACK, REMOVED);
        line.putAll(session(key, Optional.empty(), Optional.empty()));
        journal.write(line);
    }

    void endRollback() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put(ROLLBACK, DONE);
        journal.write(line);
        journal.force();
    }

    void end(RunEnding ending, Optional<Failure> reason) {
        journal.end(ending, reason);
    }

    private static Map<String, @Nullable Object> session(
            SessionKey key, Optional<ScanPlace> place, Optional<CreatedVersion> created) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("app", key.appName());
        line.put("user", key.userId());
        line.put("session", key.sessionId());
        place.ifPresent(where -> Journal.putPlace(line, where));
        created.ifPresent(version -> line.put(CREATED, fields(version)));
        return line;
    }

    private static Map<String, Object> fields(CreatedVersion version) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("updated", version.updateTime().toString());
        fields.put("events", (long) version.events());
        return fields;
    }

    private static Map<String, @Nullable Object> scope(SharedScope scope, Optional<ScanPlace> place) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("scope", Journal.name(scope.stateScope()));
        line.put("app", scope.appName());
        scope.userId().ifPresent(user -> line.put("user", user));
        place.ifPresent(where -> Journal.putPlace(line, where));
        return line;
    }

    @Override
    public void close() {
        journal.close();
    }
}
