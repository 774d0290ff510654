package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.MigrationJournal.Done;
import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.SessionOutcome.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Migrator}. Thread-safe. */
final class MigrationRun {

    private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

    /** What another run would meet again, for it lies in the session. */
    static final Set<SessionErrorCode> IN_THE_SESSION =
            EnumSet.of(SessionErrorCode.INVALID_SESSION, SessionErrorCode.CORRUPT, SessionErrorCode.UNSUPPORTED);

    private static final int LAST_PASSES = 3;

    private final Migrator.Builder settings;
    private final RunControl control;
    private final RunControl rollbackControl;
    private final Optional<Failure> rollbackBegun;
    private final RollbackTally rolledBack;
    private final FailuresInARow failuresInARow;
    private final Reconciler reconciler;
    private final StoreScan scan;
    private final MigrationTally tally;
    private final Postponed<SharedScope> scopesPostponed = new Postponed<>();
    private final Postponed<SessionKey> sessionsPostponed = new Postponed<>();
    private final Optional<MigrationJournal> journal;
    private final Instant started;
    private final Pace pace;
    private OptionalLong total = OptionalLong.empty();
    private long doneBefore;

    MigrationRun(Migrator.Builder settings, RunControl control, RunControl rollbackControl) {
        this.settings = settings;
        this.control = control;
        this.rollbackControl = rollbackControl;
        failuresInARow = new FailuresInARow(settings.maxFailuresInARow);
        reconciler = Reconciler.builder(settings.from, settings.to)
                .maxRetries(settings.maxRetries)
                .retryDelay(settings.retryDelay)
                .tempState(settings.tempState)
                .inBulk()
                .build();
        Retries retries = Retries.ofScan(settings.maxRetries, settings.retryDelay);
        scan = new StoreScan(settings.from, settings.concurrency, settings.pageSize, retries, control);
        EarlierAttempts earlier = new EarlierAttempts();
        journal = MigrationJournal.open(settings, earlier);
        started = journal.map(MigrationJournal::started).orElseGet(settings.clock::instant);
        tally = earlier.tallySince(started);
        sessionsPostponed.addAll(earlier.sessions());
        scopesPostponed.addAll(earlier.scopes());
        rollbackBegun = earlier.rollback();
        rolledBack = earlier.rolledBack();
        pace = new Pace(settings.clock.instant());
    }

    MigrationReport run() {
        try {
            begin();
            rollbackBegun.ifPresentOrElse(control::stop, this::moveAll);
            return end(rollBack());
        } finally {
            journal.ifPresent(MigrationJournal::close);
        }
    }

    private void moveAll() {
        if (settings.from.capabilities().contains(Capability.SHARED_STATE)) {
            scan.sharedScopes(
                    journal.map(MigrationJournal::scopes).orElse(ScanLog.NONE),
                    (scope, place) -> moveSharedState(scope, Optional.of(place)));
            tryAgain(scopesPostponed, scope -> moveSharedState(scope, Optional.empty()), this::sharedStateFailed);
        }
        if (control.goesOn()) {
            scan.sessions(
                    journal.map(MigrationJournal::sessions).orElse(ScanLog.NONE),
                    settings.dryRun ? 1 : settings.to.batchSize(),
                    this::moveTogether,
                    this::skip,
                    this::passOver);
            tryAgain(sessionsPostponed, key -> move(key, Optional.empty()), this::sessionFailed);
        }
    }

    private <T> void tryAgain(Postponed<T> postponed, Consumer<T> task, BiConsumer<T, Failure> failed) {
        for (int pass = 1; pass <= LAST_PASSES && control.goesOn(); pass++) {
            Map<T, Failure> left = postponed.takeAll(pass == LAST_PASSES);
            scan.each(List.copyOf(left.keySet()), item -> {
                left.remove(item);
                task.accept(item);
            });
            left.forEach(failed);
        }
        postponed.takeAll(true).forEach(failed);
    }

    private void begin() {
        LOG.info(
                "event=migration_started from={} to={} dry_run={} concurrency={}",
                settings.from.name(),
                settings.to.name(),
                settings.dryRun,
                settings.concurrency);
        total = SessionEstimate.of(settings.from);
        doneBefore = tally.counts().done();
        tell(listener -> listener.started(settings.from.name(), settings.to.name(), settings.dryRun));
    }

    /** Takes back what the run has created, if it has come to an end that asks for it. */
    private Optional<RolledBack> rollBack() {
        Optional<Failure> reason = control.stopReason().filter(MigrationRun::isFatal);
        boolean wanted = rollbackBegun.isPresent() || (!settings.keepOnFailure && !settings.dryRun);
        if (reason.isEmpty() || journal.isEmpty() || !wanted) {
            return Optional.empty();
        }
        new Rollback(settings, journal.get(), rolledBack, rollbackControl).run(reason.get());
        return Optional.of(rolledBack.report());
    }

    /** Whether going on later makes no sense either; not so without a journal, for then nothing could be noted. */
    private static boolean isFatal(Failure failure) {
        return !failure.code().equals(Failure.JOURNAL)
                && Arrays.stream(SessionErrorCode.values())
                        .noneMatch(code -> code.name().equals(failure.code()) && Retries.mayPass(code));
    }

    private MigrationReport end(Optional<RolledBack> rollback) {
        Instant finished = settings.clock.instant();
        writeJournal(lines -> lines.end(control.ending(), control.stopReason()));
        MigrationReport report = tally.report(
                new RunSummary(
                        settings.from.name(),
                        settings.to.name(),
                        started,
                        finished,
                        journal.map(MigrationJournal::attempts).orElse(1),
                        idle(),
                        control.ending(),
                        control.stopReason()),
                settings.dryRun,
                quotaUse(),
                rollback);
        MigrationCounts counts = report.counts();
        LOG.info(
                "event=migration_ended ending={} migrated={} unchanged={} target_ahead={} gone={} skipped={} failed={}"
                        + " seconds={}",
                report.run().ending(),
                counts.migrated(),
                counts.unchanged(),
                counts.targetAhead(),
                counts.gone(),
                counts.skipped(),
                counts.failed(),
                report.run().duration().toSeconds());
        report.run()
                .stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=migration_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        tell(listener -> listener.finished(report));
        return report;
    }

    private List<QuotaUse> quotaUse() {
        return Stream.of(settings.from, settings.to)
                .flatMap(store -> store.quotas().stream().map(quota -> QuotaUse.of(store.name(), quota)))
                .toList();
    }

    private void moveSharedState(SharedScope scope, Optional<ScanPlace> place) {
        try {
            SharedReconcileResult result = settings.dryRun ? reconciler.preview(scope) : reconciler.reconcile(scope);
            tally.add(result);
            failuresInARow.succeeded();
            writeJournal(lines -> lines.add(result, place));
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            if (mayPass(e) && scopesPostponed.add(scope, failure)) {
                writeJournal(lines -> lines.addPostponed(scope, failure, place));
            } else {
                sharedStateFailed(scope, failure, place);
            }
            stopIfMakesNoSense(e, place);
        }
    }

    private void sharedStateFailed(SharedScope scope, Failure failure) {
        sharedStateFailed(scope, failure, Optional.empty());
    }

    private void sharedStateFailed(SharedScope scope, Failure failure, Optional<ScanPlace> place) {
        tally.addFailed(scope, failure);
        writeJournal(lines -> lines.addFailed(scope, failure, place));
        LOG.warn(
                "event=shared_state_failed scope={} code={} reason={}",
                Json.write(scope.toString()),
                failure.code(),
                Json.write(failure.message()));
    }

    private void moveTogether(List<SessionKey> keys, ScanPlace place) {
        if (keys.size() == 1) {
            move(keys.get(0), Optional.of(place));
            return;
        }
        Instant begun = settings.clock.instant();
        Map<SessionKey, SessionReconciliation> sessions = new LinkedHashMap<>();
        keys.forEach(key -> sessions.put(key, reconciler.begin(key)));
        Map<SessionKey, ReconcileResult> settled = reconciler.settle(sessions);
        Instant now = settings.clock.instant();
        done(
                settled.values().stream()
                        .map(result -> moved(result, begun, now, requireNonNull(sessions.remove(result.key()))))
                        .toList(),
                Optional.of(place));
        sessions.forEach((key, reconciliation) -> {
            if (control.goesOn()) {
                move(key, Optional.of(place), reconciliation);
            }
        });
    }

    private void move(SessionKey key, Optional<ScanPlace> place) {
        move(key, place, reconciler.begin(key));
    }

    private void move(SessionKey key, Optional<ScanPlace> place, SessionReconciliation reconciliation) {
        Instant begun = settings.clock.instant();
        ReconcileResult result;
        try {
            result = settings.dryRun ? reconciler.preview(key) : reconciliation.run();
        } catch (RuntimeException e) {
            notMoved(key, e, begun, place, reconciliation.created());
            return;
        }
        done(List.of(moved(result, begun, settings.clock.instant(), reconciliation)), place);
    }

    private Done moved(ReconcileResult result, Instant begun, Instant now, SessionReconciliation reconciliation) {
        failuresInARow.succeeded();
        return new Done(SessionOutcome.of(result, now, since(begun, now)), reconciliation.created());
    }

    private void notMoved(
            SessionKey key,
            RuntimeException exception,
            Instant begun,
            Optional<ScanPlace> place,
            Optional<CreatedVersion> created) {
        Failure failure = Failure.of(exception);
        if (isInTheSession(exception)) {
            notMoved(key, Status.SKIPPED, failure, begun, place, created);
            return;
        }
        if (mayPass(exception) && sessionsPostponed.add(key, failure)) {
            writeJournal(lines -> lines.addPostponed(key, failure, place, created));
        } else {
            notMoved(key, Status.FAILED, failure, begun, place, created);
        }
        stopIfMakesNoSense(exception, place);
    }

    private void notMoved(
            SessionKey key,
            Status status,
            Failure failure,
            Instant begun,
            Optional<ScanPlace> place,
            Optional<CreatedVersion> created) {
        Instant now = settings.clock.instant();
        done(
                List.of(new Done(
                        SessionOutcome.notDone(key, status, failure, now, Optional.of(since(begun, now))), created)),
                place);
    }

    /** Not negative, even if the clock was set back meanwhile. */
    private static Duration since(Instant begun, Instant now) {
        return now.isBefore(begun) ? Duration.ZERO : Duration.between(begun, now);
    }

    private void sessionFailed(SessionKey key, Failure failure) {
        SessionOutcome outcome =
                SessionOutcome.notDone(key, Status.FAILED, failure, settings.clock.instant(), Optional.empty());
        done(List.of(new Done(outcome, Optional.empty())), Optional.empty());
    }

    static boolean isInTheSession(RuntimeException exception) {
        return exception instanceof SessionException e
                ? IN_THE_SESSION.contains(e.code())
                : exception instanceof IllegalArgumentException;
    }

    private static boolean mayPass(RuntimeException exception) {
        return exception instanceof SessionException e && Retries.mayPass(e.code());
    }

    /** Failures in a row count while scanning only: what is tried again at the end has failed before. */
    private void stopIfMakesNoSense(RuntimeException exception, Optional<ScanPlace> place) {
        if (exception instanceof SessionException e && e.code().fatal()) {
            control.stop(e);
        } else if (place.isPresent() && failuresInARow.failed()) {
            Failure last = Failure.of(exception);
            control.stop(
                    Failure.TOO_MANY_FAILURES,
                    settings.maxFailuresInARow + " failures in a row, the last one " + last.code() + ": "
                            + last.message());
        }
    }

    private void skip(UnreadableRecord unreadable, ScanPlace place) {
        Failure failure = new Failure(SessionErrorCode.CORRUPT.name(), unreadable.reason());
        Instant now = settings.clock.instant();
        tally.add(unreadable, now);
        writeJournal(lines -> lines.add(unreadable, failure, place, now));
        LOG.warn(
                "event=record_skipped record={} code={} reason={}",
                Json.write(unreadable.location()),
                failure.code(),
                Json.write(failure.message()));
        showProgress();
    }

    private void passOver(UnreadableRecord other, ScanPlace place) {
        tally.addPassedOver(other);
        writeJournal(lines -> lines.addPassedOver(other, place));
    }

    private void done(List<Done> sessions, Optional<ScanPlace> place) {
        sessions.forEach(session -> tally.add(session.outcome()));
        writeJournal(lines -> lines.addAll(sessions, place));
        sessions.forEach(session -> tell(session.outcome()));
    }

    private void tell(SessionOutcome outcome) {
        if (outcome.failure().isPresent()) {
            LOG.warn(
                    "event=session_done status={} session={} code={} reason={}",
                    outcome.status(),
                    log(outcome.key()),
                    outcome.failure().get().code(),
                    Json.write(outcome.failure().get().message()));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("event=session_done status={} session={}", outcome.status(), log(outcome.key()));
        }
        tell(listener -> listener.sessionDone(outcome));
        showProgress();
    }

    /** A key on one line that is not too long, whatever is in it. */
    static String log(SessionKey key) {
        return Json.write(Stream.of(key.appName(), key.userId(), key.sessionId())
                .map(Page::shortened)
                .toList());
    }

    private void showProgress() {
        Instant now = settings.clock.instant();
        if (!pace.isDue(now)) {
            return;
        }
        Duration elapsed = Duration.between(started, now).minus(idle());
        MigrationCounts counts = tally.counts();
        List<CallQuota> quotas = Stream.of(settings.from, settings.to)
                .flatMap(store -> store.quotas().stream())
                .toList();
        MigrationProgress progress = new MigrationProgress(
                counts,
                elapsed,
                total,
                RemainingTime.estimate(total, counts.done(), counts.done() - doneBefore, elapsed, quotas),
                quotaUse());
        LOG.info(
                "event=migration_progress done={} migrated={} unchanged={} skipped={} failed={} per_second={} total={}"
                        + " remaining_seconds={} bound_by={}",
                progress.counts().done(),
                progress.counts().migrated(),
                progress.counts().unchanged(),
                progress.counts().skipped(),
                progress.counts().failed(),
                Math.round(progress.sessionsPerSecond()),
                total.isPresent() ? total.getAsLong() : "unknown",
                progress.remaining()
                        .map(remaining -> String.valueOf(remaining.time().toSeconds()))
                        .orElse("unknown"),
                Json.write(progress.remaining().map(RemainingTime::boundBy).orElse("")));
        tell(listener -> listener.progress(progress));
    }

    private Duration idle() {
        return journal.map(MigrationJournal::idle).orElse(Duration.ZERO);
    }

    private void writeJournal(Consumer<MigrationJournal> action) {
        try {
            journal.ifPresent(action);
        } catch (JournalException e) {
            control.stop(Failure.JOURNAL, String.valueOf(e.getMessage()));
        }
    }

    private void tell(Consumer<MigrationListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }
}
