package io.github.sessionferry.migration;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.codec.Json;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the target what a migration has created there, as its journal tells, line by line.
 *
 * <p>A session goes only if it is what was created and holds nothing that the source lacks; it is deleted at the revision
 * that was read. Doing it again goes on where it was broken off. Thread-safe.
 */
final class Rollback {

    private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

    private enum Outcome {
        REMOVED,
        ABSENT,
        CHANGED
    }

    private final SessionService from;
    private final SessionService to;
    private final int concurrency;
    private final SessionComparison comparison;
    private final Retries retries;
    private final MigrationJournal journal;
    private final RollbackTally tally;
    private final RunControl control;
    private final FailuresInARow failures;

    Rollback(Migrator.Builder settings, MigrationJournal journal, RollbackTally tally, RunControl control) {
        from = settings.from;
        to = settings.to;
        concurrency = settings.concurrency;
        comparison = SessionComparison.exact(from, to);
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        this.journal = journal;
        this.tally = tally;
        this.control = control;
        failures = new FailuresInARow(settings.maxFailuresInARow);
    }

    /** Does it; if it cannot be noted any more, it ends early. */
    void run(Failure reason) {
        LOG.warn("event=rollback_started code={}", reason.code());
        try (Workers workers = new Workers(concurrency, control)) {
            journal.beginRollback(reason);
            workers.run(List.of(() -> journal.created((key, version) -> begin(workers, key, version))));
            if (tally.isComplete()) {
                journal.endRollback();
            }
        } catch (JournalException e) {
            LOG.error("event=rollback_broken_off reason={}", Json.write(String.valueOf(e.getMessage())));
        }
    }

    private void begin(Workers workers, SessionKey key, CreatedVersion version) {
        if (!workers.begin(() -> remove(key, version))) {
            tally.failed(key);
        }
    }

    private void remove(SessionKey key, CreatedVersion version) {
        try {
            Outcome outcome = retries.callCounting(failed -> tryToRemove(key, version, failed > 0));
            failures.succeeded();
            if (outcome == Outcome.REMOVED) {
                tally.removed(key);
                journal.addRemoved(key);
            } else if (outcome == Outcome.CHANGED) {
                tally.changed(key);
            }
        } catch (SessionException e) {
            tally.failed(key);
            LOG.warn("event=rollback_failed session={} code={}", MigrationRun.log(key), e.code());
            if (e.code().fatal() || failures.failed()) {
                control.stop(e);
            }
        }
    }

    /** Looks anew at each try, so that a deletion of unknown outcome is looked up. */
    private Outcome tryToRemove(SessionKey key, CreatedVersion version, boolean triedBefore) {
        Optional<Session> target = to.find(key, EventSelection.all());
        if (target.isEmpty()) {
            return triedBefore ? Outcome.REMOVED : Outcome.ABSENT;
        }
        Optional<Session> source = from.find(key, EventSelection.all());
        if (source.isEmpty() || !isAsCreated(target.get(), version) || !holds(source.get(), target.get())) {
            return Outcome.CHANGED;
        }
        DeleteOutcome outcome = to.delete(key, ReconcileStep.standing(target.get()));
        return outcome == DeleteOutcome.CONFLICT ? Outcome.CHANGED : Outcome.REMOVED;
    }

    private static boolean isAsCreated(Session target, CreatedVersion version) {
        int events = target.events().size();
        return target.updateTime().equals(version.updateTime())
                && (target.isComplete() ? events == version.events() : events <= version.events());
    }

    /** Whether the source holds all that the target does: the same, or more and newer. */
    private boolean holds(Session source, Session target) {
        boolean unchanged = source.updateTime().equals(target.updateTime());
        return SessionComparison.eventsOnlyIn(target, source).isEmpty()
                && (unchanged
                        ? !target.isComplete() || comparison.isUpToDate(source, target)
                        : source.updateTime().isAfter(target.updateTime()));
    }
}
