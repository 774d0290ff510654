package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.BackupProgress.Met;
import io.github.sessionferry.migration.BackupProgress.Scan;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Backup}. Thread-safe. */
final class BackupRun {

    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);
    private static final int SESSIONS_AT_ONCE = 16;
    private static final int LAST_PASSES = 3;

    private final Backup.Builder settings;
    private final RunControl control;
    private final BackupWriter writer;
    private final BackupProgress progress;
    private final Retries retries;
    private final StoreScan scan;
    private final FailuresInARow failuresInARow;
    private final Problems problems;
    private final Pace pace;

    private BackupRun(Backup.Builder settings, RunControl control, BackupWriter writer) {
        this.settings = settings;
        this.control = control;
        this.writer = writer;
        progress = writer.progress();
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        scan = new StoreScan(
                settings.store,
                settings.concurrency,
                settings.pageSize,
                Retries.ofScan(settings.maxRetries, settings.retryDelay),
                control);
        failuresInARow = new FailuresInARow(settings.maxFailuresInARow);
        problems = new Problems();
        pace = new Pace(settings.clock.instant());
    }

    static BackupReport run(Backup.Builder settings, RunControl control) {
        Optional<BackupReport> finished = settings.resume ? finished(settings) : Optional.empty();
        if (finished.isPresent()) {
            return finished.get();
        }
        try (BackupWriter writer = BackupWriter.open(settings)) {
            return new BackupRun(settings, control, writer).run();
        }
    }

    /** The report of a backup that needs no going on with. */
    private static Optional<BackupReport> finished(Backup.Builder settings) {
        BackupFolder folder = new BackupFolder(settings.folder);
        if (!folder.exists(BackupFolder.MANIFEST) || folder.exists(BackupFolder.PROGRESS)) {
            return Optional.empty();
        }
        BackupReader reader = BackupReader.open(settings.folder, Optional.ofNullable(settings.key));
        BackupWriter.requireSame(reader.manifest().header(), settings, folder);
        return Optional.of(report(settings, reader.manifest(), reader.unreadable()));
    }

    private static BackupReport report(Backup.Builder settings, BackupManifest manifest, List<Problem> problems) {
        return new BackupReport(
                summary(
                        settings,
                        manifest.began(),
                        manifest.ended(),
                        manifest.attempts(),
                        manifest.idle(),
                        new RunControl()),
                manifest.counts(),
                manifest.parts().stream().mapToLong(BackupPart::bytes).sum(),
                manifest.header().wrappedKey().isPresent(),
                problems);
    }

    private static RunSummary summary(
            Backup.Builder settings, Instant began, Instant ended, int attempts, Duration idle, RunControl control) {
        return new RunSummary(
                settings.store.name(),
                BackupSessionService.name(settings.folder),
                began,
                ended,
                attempts,
                idle,
                control.ending(),
                control.stopReason());
    }

    private BackupReport run() {
        LOG.info(
                "event=backup_started from={} to={} encrypted={} attempt={}",
                settings.store.name(),
                Json.write(settings.folder.toString()),
                settings.key != null,
                progress.attempts());
        if (settings.store.capabilities().contains(Capability.SHARED_STATE)) {
            scan.sharedScopes(progress.scanLog(Scan.SHARED_STATE), this::backUpSharedState);
        }
        if (control.goesOn()) {
            scan.sessions(
                    progress.scanLog(Scan.SESSIONS), SESSIONS_AT_ONCE, this::backUpSessions, this::noteUnreadable);
        }
        for (int pass = 1; pass <= LAST_PASSES && control.goesOn(); pass++) {
            boolean last = pass == LAST_PASSES;
            scan.each(progress.postponed().keySet(), item -> tryAgain(item, last));
        }
        return end();
    }

    private BackupReport end() {
        writing(writer::checkpoint);
        Optional<BackupManifest> manifest = Optional.empty();
        if (control.goesOn()) {
            List<BackupManifest> written = new ArrayList<>(1);
            writing(() -> written.add(writer.finish()));
            manifest = written.stream().findFirst();
        }
        BackupReport report = manifest.map(this::finishedReport).orElseGet(this::unfinishedReport);
        LOG.info(
                "event=backup_ended ending={} sessions={} unreadable={} bytes={} seconds={}",
                report.run().ending(),
                report.counts().sessions(),
                report.counts().unreadable(),
                report.bytes(),
                report.run().duration().toSeconds());
        report.run()
                .stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=backup_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        return report;
    }

    private BackupReport finishedReport(BackupManifest manifest) {
        boolean anyUnreadable = manifest.counts().unreadable() > 0;
        return report(
                settings,
                manifest,
                anyUnreadable
                        ? BackupReader.open(settings.folder, Optional.ofNullable(settings.key))
                                .unreadable()
                        : List.of());
    }

    private BackupReport unfinishedReport() {
        synchronized (problems) {
            progress.postponed().forEach((item, failure) -> addProblem(item, failure, false));
            return new BackupReport(
                    summary(
                            settings,
                            progress.began(),
                            settings.clock.instant(),
                            progress.attempts(),
                            progress.idle(),
                            control),
                    writer.counts(),
                    writer.bytes(),
                    settings.key != null,
                    problems.list());
        }
    }

    private void backUpSharedState(SharedScope scope, ScanPlace place) {
        Batch batch = new Batch();
        read(scope, Optional.of(new Met(Scan.SHARED_STATE, place)), batch, false);
        batch.write();
    }

    private void backUpSessions(List<SessionKey> keys, ScanPlace place) {
        Batch batch = new Batch();
        for (SessionKey key : keys) {
            read(key, Optional.of(new Met(Scan.SESSIONS, place)), batch, false);
            tell(BackupListener::sessionDone);
            showProgress();
        }
        batch.write();
    }

    private void tryAgain(Object item, boolean last) {
        Batch batch = new Batch();
        read(item, Optional.empty(), batch, last);
        batch.write();
    }

    private void noteUnreadable(UnreadableRecord record, ScanPlace place) {
        Batch batch = new Batch();
        batch.add(
                record.location(),
                Optional.of(new Met(Scan.SESSIONS, place)),
                new Failure(SessionErrorCode.CORRUPT.name(), record.reason()),
                true);
        batch.write();
    }

    private void read(Object item, Optional<Met> met, Batch batch, boolean last) {
        try {
            if (item instanceof SessionKey key) {
                readSession(key, met, batch);
            } else {
                readSharedState((SharedScope) item, met, batch);
            }
            failuresInARow.succeeded();
        } catch (SessionException | IllegalArgumentException e) {
            notRead(item, met, e, batch, last);
        }
    }

    private void readSession(SessionKey key, Optional<Met> met, Batch batch) {
        Optional<Session> session = retries.call(() -> settings.store.find(key, EventSelection.all()));
        if (session.isPresent()) {
            byte[] line = BackupLine.of(session.get()).bytes();
            if (line.length >= BackupBlock.LONGEST) {
                throw new SessionException(
                        SessionErrorCode.INVALID_SESSION,
                        "the session takes " + line.length + " bytes; a backup holds at most " + BackupBlock.LONGEST);
            }
            batch.add(
                    key,
                    met,
                    line,
                    BackupCounts.ofSession(session.get().events().size()));
        } else {
            batch.addGone(key, met);
        }
    }

    private void readSharedState(SharedScope scope, Optional<Met> met, Batch batch) {
        Map<String, SharedValue> values = retries.call(() -> settings.store.findSharedState(scope));
        if (values.isEmpty()) {
            batch.addGone(scope, met);
        } else {
            batch.add(scope, met, BackupLine.of(scope, values).bytes(), BackupCounts.ofScope(values.size()));
        }
    }

    private void notRead(Object item, Optional<Met> met, RuntimeException exception, Batch batch, boolean last) {
        Failure failure = Failure.of(exception);
        boolean skipped = MigrationRun.isInTheSession(exception);
        if (skipped || last || !progress.postpone(item, met, failure)) {
            batch.add(item, met, failure, skipped);
        }
        if (skipped) {
            return;
        }
        if (exception instanceof SessionException e && e.code().fatal()) {
            control.stop(e);
        } else if (met.isPresent() && failuresInARow.failed()) {
            control.stop(
                    Failure.TOO_MANY_FAILURES,
                    settings.maxFailuresInARow + " failures in a row, the last one " + failure.code() + ": "
                            + failure.message());
        }
    }

    private void addProblem(Object item, Failure failure, boolean skipped) {
        synchronized (problems) {
            problems.add(
                    skipped,
                    failure.code(),
                    item instanceof SessionKey key
                            ? Problem.Example.of(key, failure.message())
                            : Problem.Example.at(item.toString(), failure.message()));
        }
    }

    private void writing(Runnable action) {
        try {
            action.run();
        } catch (UncheckedIOException e) {
            control.stop(
                    Failure.BACKUP,
                    "the backup in " + settings.folder + " cannot be written (" + e.getCause()
                            + "); make room, then resume it");
        }
    }

    private void showProgress() {
        Instant now = settings.clock.instant();
        if (pace.isDue(now)) {
            BackupCounts counts = writer.counts();
            Duration elapsed = Duration.between(progress.began(), now).minus(progress.idle());
            LOG.info(
                    "event=backup_progress sessions={} unreadable={} seconds={}",
                    counts.sessions(),
                    counts.unreadable(),
                    elapsed.toSeconds());
            tell(listener -> listener.progress(counts, elapsed));
        }
    }

    private void tell(Consumer<BackupListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }

    /** What one task has read and not written yet. Not thread-safe. */
    private final class Batch {

        private BackupBlock.Builder block = new BackupBlock.Builder(writer.cipher());
        private final List<Runnable> dealtWith = new ArrayList<>();

        void add(Object item, Optional<Met> met, byte[] line, BackupCounts what) {
            block.add(line, item, what);
            addGone(item, met);
            writeIfFull();
        }

        void add(Object item, Optional<Met> met, Failure failure, boolean skipped) {
            LOG.warn(
                    "event=not_backed_up item={} code={} reason={}",
                    Page.shortened(Json.write(BackupItems.write(item))),
                    failure.code(),
                    Json.write(failure.message()));
            addProblem(item, failure, skipped);
            block.add(BackupLine.unreadable(item, failure, skipped).bytes(), BackupCounts.ofUnreadable());
            addGone(item, met);
            writeIfFull();
        }

        /** There is nothing to keep, and nothing more to do. */
        void addGone(Object item, Optional<Met> met) {
            dealtWith.add(() -> progress.dealtWith(item, met));
        }

        private void writeIfFull() {
            if (block.isFull()) {
                write();
            }
        }

        void write() {
            BackupBlock built = block.build();
            List<Runnable> done = List.copyOf(dealtWith);
            writing(() -> writer.add(built, () -> done.forEach(Runnable::run)));
            block = new BackupBlock.Builder(writer.cipher());
            dealtWith.clear();
        }
    }
}
