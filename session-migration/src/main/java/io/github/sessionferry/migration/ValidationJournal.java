package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.Examination.Entry;
import io.github.sessionferry.migration.Judgement.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a validation: a line for each session looked at in each direction, each scope of shared state and each
 * record that cannot be read, with ids, codes, counts and times but no content. A later attempt counts what has a line, and
 * judges again what was not fine. Thread-safe.
 */
final class ValidationJournal implements AutoCloseable {

    /** The scans of a validation. */
    enum Scan {
        SOURCE,
        TARGET,
        SOURCE_SCOPES,
        TARGET_SCOPES
    }

    private final Journal journal;
    private final Sample sample;

    private ValidationJournal(Journal journal, Sample sample) {
        this.journal = journal;
        this.sample = sample;
    }

    /**
     * Begins a journal, or goes on with one.
     *
     * @param file the file
     * @param settings of the validation
     * @param findings is given what earlier attempts have found
     * @throws JournalException if the file cannot be used for this run
     */
    static ValidationJournal open(Path file, Validator.Builder settings, Findings findings) {
        JournalHeader header = new JournalHeader(
                "validation",
                settings.from.name(),
                settings.to.name(),
                Map.of(
                        "sample",
                        settings.share,
                        "tolerance",
                        settings.tolerance.toString(),
                        "temp_state",
                        Journal.name(settings.tempState)));
        Earlier earlier = new Earlier(findings);
        Journal journal = Journal.open(JournalFile.open(file), header, settings.resume, settings.clock, earlier::read);
        try {
            return new ValidationJournal(journal, sample(journal, settings, earlier.seed));
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /** The sample of the earlier attempts; the seed of a new one is noted. */
    private static Sample sample(Journal journal, Validator.Builder settings, Optional<Long> seed) {
        if (seed.isEmpty()) {
            Sample fresh = settings.sample();
            if (!fresh.isAll()) {
                journal.write(new LinkedHashMap<>(Map.of("seed", fresh.seed())));
            }
            return fresh;
        }
        if (settings.sampleSeed != null && !settings.sampleSeed.equals(seed.get())) {
            throw new JournalException("the journal " + journal.file() + " is of a run with seed " + seed.get()
                    + ", not " + settings.sampleSeed
                    + "; resume it as it was begun, or begin a new run with another file");
        }
        return new Sample(settings.share, seed.get());
    }

    Sample sample() {
        return sample;
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

    ScanLog scanLog(Scan scan) {
        return journal.scanLog(Journal.name(scan));
    }

    void add(SessionKey key, Scan scan, ScanPlace place, Entry entry) {
        Map<String, @Nullable Object> line = session(key);
        putPlace(line, scan, place);
        write(line, entry);
    }

    /** Notes a last judgement. */
    void add(SessionKey key, Entry entry) {
        write(session(key), entry);
    }

    void add(SharedScope scope, Scan scan, ScanPlace place, Entry entry) {
        Map<String, @Nullable Object> line = scope(scope);
        putPlace(line, scan, place);
        write(line, entry);
    }

    /** Notes a last judgement. */
    void add(SharedScope scope, Entry entry) {
        write(scope(scope), entry);
    }

    void add(UnreadableRecord unreadable, Scan scan, ScanPlace place) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("record", unreadable.location());
        line.put("reason", unreadable.reason());
        putPlace(line, scan, place);
        journal.write(line);
    }

    void end(RunEnding ending, Optional<Failure> reason) {
        journal.end(ending, reason);
    }

    private static Map<String, @Nullable Object> session(SessionKey key) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("app", key.appName());
        line.put("user", key.userId());
        line.put("session", key.sessionId());
        return line;
    }

    private static Map<String, @Nullable Object> scope(SharedScope scope) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("scope", Journal.name(scope.stateScope()));
        line.put("app", scope.appName());
        scope.userId().ifPresent(user -> line.put("user", user));
        return line;
    }

    private static void putPlace(Map<String, @Nullable Object> line, Scan scan, ScanPlace place) {
        line.put("scan", Journal.name(scan));
        Journal.putPlace(line, place);
    }

    private void write(Map<String, @Nullable Object> line, Entry entry) {
        Judgement judgement = entry.judgement();
        line.put("status", Journal.name(judgement.outcome()));
        if (judgement.differenceCount() > 0) {
            line.put("differences", (long) judgement.differenceCount());
        }
        judgement.failure().ifPresent(failure -> Journal.putFailure(line, failure));
        if (entry.again()) {
            line.put("again", true);
        }
        journal.write(line);
    }

    @Override
    public void close() {
        journal.close();
    }

    /** Reads the lines of earlier attempts. Not thread-safe. */
    private static final class Earlier {

        private final Findings findings;
        private Optional<Long> seed = Optional.empty();

        Earlier(Findings findings) {
            this.findings = findings;
        }

        void read(Journal journal, JournalLine line) {
            if (line.has("seed")) {
                seed = Optional.of(line.number("seed"));
            } else if (line.has("session")) {
                readSession(journal, line);
            } else if (line.has("record")) {
                readRecord(journal, line);
            } else {
                readScope(journal, line);
            }
        }

        private void readSession(Journal journal, JournalLine line) {
            SessionKey key = EarlierAttempts.sessionKey(line);
            if (isOf(Scan.TARGET, line)) {
                findings.tally().addTarget();
            }
            read(journal, line, key, findings.sessions());
        }

        private void readScope(Journal journal, JournalLine line) {
            read(journal, line, EarlierAttempts.scope(line), findings.scopes());
        }

        private static <T> void read(Journal journal, JournalLine line, T item, Examination<T> examination) {
            Entry entry = entry(line);
            if (line.has("scan")) {
                journal.met(line.text("scan"), line, item);
                examination.takeOver(item, entry);
            } else {
                examination.takeOverLast(item, entry);
            }
        }

        private static Entry entry(JournalLine line) {
            return new Entry(
                    new Judgement(
                            line.constant("status", Outcome.class),
                            line.has("differences") ? line.smallNumber("differences") : 0,
                            List.of(),
                            line.has("code") ? Optional.of(Journal.failure(line)) : Optional.empty()),
                    line.has("again"));
        }

        private void readRecord(Journal journal, JournalLine line) {
            journal.met(line.text("scan"), line, line.text("record"));
            findings.tally()
                    .addUnreadable(
                            isOf(Scan.SOURCE, line), new UnreadableRecord(line.text("record"), line.text("reason")));
        }

        private static boolean isOf(Scan scan, JournalLine line) {
            return line.findText("scan").equals(Optional.of(Journal.name(scan)));
        }
    }
}
