package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.DifferingSession.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a {@link Validator}. Thread-safe. */
final class ValidationRun {

    private static final Logger LOG = LoggerFactory.getLogger(Validator.class);
    private static final int MOST_LOOKS = 5;
    private static final int KEYS_LOOKED_FOR_AT_ONCE = 20;

    private final Validator.Builder settings;
    private final RunControl control;
    private final SessionService from;
    private final SessionService to;
    private final SessionComparison comparison;
    private final Retries retries;
    private final ValidationTally tally;
    private final Instant started;
    private final Pace pace;

    ValidationRun(Validator.Builder settings, RunControl control) {
        this.settings = settings;
        this.control = control;
        from = settings.from;
        to = settings.to;
        comparison = SessionComparison.of(from, to, settings.tolerance, settings.showValues);
        retries = new Retries(settings.maxRetries, settings.retryDelay);
        tally = new ValidationTally(settings.maxDifferences);
        started = settings.clock.instant();
        pace = new Pace(started);
    }

    ValidationReport run() {
        LOG.info("event=validation_started from={} to={}", from.name(), to.name());
        tell(listener -> listener.started(from.name(), to.name()));
        if (keepsSharedState(from)) {
            scan(from).sharedScopes(this::compareSharedState);
        }
        if (keepsSharedState(from) && keepsSharedState(to) && control.goesOn()) {
            scan(to).sharedScopes(this::lookForSharedState);
        }
        if (control.goesOn()) {
            scan(from)
                    .sessions(
                            this::compare,
                            unreadable -> tally.addUnreadable(
                                    true, Problem.Example.at("source: " + unreadable.location(), unreadable.reason())));
        }
        if (control.goesOn()) {
            scan(to).sessions(
                            KEYS_LOOKED_FOR_AT_ONCE,
                            this::lookFor,
                            unreadable -> tally.addUnreadable(
                                    false,
                                    Problem.Example.at("target: " + unreadable.location(), unreadable.reason())));
        }
        return end();
    }

    private StoreScan scan(SessionService store) {
        return new StoreScan(
                store,
                settings.concurrency,
                settings.pageSize,
                Retries.ofScan(settings.maxRetries, settings.retryDelay),
                control);
    }

    private ValidationReport end() {
        ValidationReport report = tally.report(
                new RunSummary(
                        from.name(),
                        to.name(),
                        started,
                        settings.clock.instant(),
                        control.ending(),
                        control.stopReason()),
                settings.tolerance);
        ValidationCounts counts = report.counts();
        LOG.info(
                "event=validation_ended ending={} equal={} matched={} different={} missing={} unexpected={}"
                        + " unreadable={} failed={} shared_different={} seconds={}",
                report.run().ending(),
                report.equal(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected(),
                counts.unreadableInSource() + counts.unreadableInTarget(),
                counts.failed(),
                counts.sharedDifferent(),
                report.run().duration().toSeconds());
        report.run()
                .stopReason()
                .ifPresent(reason -> LOG.error(
                        "event=validation_stopped code={} reason={}", reason.code(), Json.write(reason.message())));
        tell(listener -> listener.finished(report));
        return report;
    }

    // ---- sessions of the source

    private void compare(SessionKey key) {
        guarded(key, () -> judge(key));
        sessionDone();
    }

    private void judge(SessionKey key) {
        Optional<Look> before = Optional.empty();
        for (int looks = 1; ; looks++) {
            Optional<Session> source = read(from, key);
            if (source.isEmpty()) {
                return;
            }
            Look look = look(source.get(), read(to, key));
            if (look.isEqual()) {
                tally.addSource();
                tally.addMatched();
                return;
            }
            boolean settled =
                    before.isPresent() && look.versions().equals(before.get().versions());
            if (settled || looks == MOST_LOOKS) {
                tally.addSource();
                differs(key, look.status(), look.differences());
                return;
            }
            before = Optional.of(look);
        }
    }

    /** What was seen of a session: how it differs, and which versions of both sides that is true for. */
    private record Look(Status status, List<Difference> differences, List<Object> versions) {

        boolean isEqual() {
            return status == Status.DIFFERENT && differences.isEmpty();
        }
    }

    private Look look(Session source, Optional<Session> target) {
        List<Object> versions = List.of(version(source), target.map(ValidationRun::version));
        return target.isEmpty()
                ? new Look(Status.MISSING, List.of(), versions)
                : new Look(Status.DIFFERENT, comparison.differences(source, target.get()), versions);
    }

    private static Object version(Session session) {
        return List.of(session.revision(), session.updateTime());
    }

    private void differs(SessionKey key, Status status, List<Difference> differences) {
        tally.add(key, status, differences);
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "event=session_differs status={} differences={} session={}",
                    status,
                    differences.size(),
                    MigrationRun.log(key));
        }
    }

    private Optional<Session> read(SessionService store, SessionKey key) {
        try {
            return retries.call(() -> store.find(key, EventSelection.all()));
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.CORRUPT) {
                throw new Unreadable(store == from, e);
            }
            throw e;
        }
    }

    /** Tells which of the two stores holds a session that cannot be read. */
    private static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final boolean inSource;

        Unreadable(boolean inSource, SessionException cause) {
            super(cause.getMessage(), cause);
            this.inSource = inSource;
        }
    }

    // ---- sessions of the target

    private void lookFor(List<SessionKey> keys) {
        tally.addTarget(keys.size());
        Set<SessionKey> inSource = findInSource(keys);
        for (SessionKey key : keys) {
            if (!inSource.contains(key)) {
                guarded(key, () -> judgeUnexpected(key));
            }
            sessionDone();
        }
    }

    /** The keys found with one call; none if it fails, for then each is looked for on its own. */
    private Set<SessionKey> findInSource(List<SessionKey> keys) {
        try {
            return retries.call(() -> from.findAll(keys, EventSelection.none())).keySet();
        } catch (SessionException e) {
            return Set.of();
        }
    }

    private void judgeUnexpected(SessionKey key) {
        if (exists(to, key) && !exists(from, key)) {
            differs(key, Status.UNEXPECTED, List.of());
        }
    }

    private boolean exists(SessionService store, SessionKey key) {
        try {
            return retries.call(() -> store.find(key, EventSelection.none())).isPresent();
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.CORRUPT) {
                return true;
            }
            throw e;
        }
    }

    // ---- shared state

    private static boolean keepsSharedState(SessionService store) {
        return store.capabilities().contains(Capability.SHARED_STATE);
    }

    private void compareSharedState(SharedScope scope) {
        guarded(scope, () -> {
            if (!sharedState(from, scope).isEmpty()) {
                judge(scope);
            }
        });
    }

    private void lookForSharedState(SharedScope scope) {
        guarded(scope, () -> {
            if (sharedState(from, scope).isEmpty() && !sharedState(to, scope).isEmpty()) {
                judge(scope);
            }
        });
    }

    private void judge(SharedScope scope) {
        List<Difference> before = List.of();
        List<Difference> differences = differences(scope);
        for (int looks = 1; looks < MOST_LOOKS && !differences.equals(before); looks++) {
            before = differences;
            differences = differences(scope);
        }
        tally.add(scope, differences);
    }

    private List<Difference> differences(SharedScope scope) {
        return comparison.differences(scope.stateScope(), sharedState(from, scope), sharedState(to, scope));
    }

    private Map<String, SharedValue> sharedState(SessionService store, SharedScope scope) {
        return keepsSharedState(store) ? retries.call(() -> store.findSharedState(scope)) : Map.of();
    }

    // ---- failures and progress

    private void guarded(SessionKey key, Runnable judgement) {
        guarded(judgement, message -> Problem.Example.of(key, message));
    }

    private void guarded(SharedScope scope, Runnable judgement) {
        guarded(judgement, message -> Problem.Example.at("shared state of " + scope, message));
    }

    private void guarded(Runnable judgement, Function<String, Problem.Example> example) {
        try {
            judgement.run();
        } catch (Unreadable e) {
            tally.addUnreadable(e.inSource, example.apply(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            tally.addFailed(failure.code(), example.apply(failure.message()));
            LOG.warn("event=comparison_failed code={} reason={}", failure.code(), Json.write(failure.message()));
            if (e instanceof SessionException failed && failed.code().fatal()) {
                control.stop(failed);
            }
        }
    }

    private void sessionDone() {
        tell(ValidationListener::sessionDone);
        Instant now = settings.clock.instant();
        if (!pace.isDue(now)) {
            return;
        }
        ValidationCounts counts = tally.counts();
        Duration elapsed = Duration.between(started, now);
        LOG.info(
                "event=validation_progress source={} target={} matched={} different={} missing={} unexpected={}",
                counts.source(),
                counts.target(),
                counts.matched(),
                counts.different(),
                counts.missing(),
                counts.unexpected());
        tell(listener -> listener.progress(counts, elapsed));
    }

    private void tell(Consumer<ValidationListener> message) {
        try {
            message.accept(settings.listener);
        } catch (RuntimeException e) {
            LOG.warn("event=listener_failed exception={}", e.getClass().getName());
        }
    }
}
