package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Migrator} did with one session.
 *
 * <p>Immutable; holds no session content.
 *
 * @param key which session
 * @param status what became of it; of a dry run, what would have become of it
 * @param failure why it was skipped or failed; empty otherwise
 * @param eventsAppended how many events the target was given
 * @param encodings how many values were written in an encoded form, by kind
 * @param storedId the id under which the target keeps the session, if it is not the session's own and was told
 * @param retries how many tries failed before; not counted if the last one failed too
 * @param tempKeysDropped how many {@code temp:} keys the events written had in the source and have no more
 * @param synthesisedIds how many ids that the source does not keep were made for the events that it has, by kind; empty if
 *     nothing was written
 * @param time when the session was done
 * @param duration how long its last try took, with the retries of single calls and their waits; empty if it is not known
 * @since 0.1
 */
public record SessionOutcome(
        SessionKey key,
        Status status,
        Optional<Failure> failure,
        int eventsAppended,
        Map<String, Integer> encodings,
        Optional<String> storedId,
        int retries,
        int tempKeysDropped,
        Map<String, Integer> synthesisedIds,
        Instant time,
        Optional<Duration> duration) {

    /** What became of a session. */
    public enum Status {
        /** The target did not have it and now holds all of it. */
        CREATED,
        /** The target had it and was brought up to the source. */
        UPDATED,
        /** The target already held it. */
        UNCHANGED,
        /** The target's session is newer than the source's; it was left so. */
        TARGET_AHEAD,
        /** The source deleted it meanwhile. */
        GONE,
        /** It cannot be read or converted as it is; the rest of the run went on. */
        SKIPPED,
        /** It could not be moved, after all retries; another run may do it. */
        FAILED
    }

    /** Checks and copies. */
    public SessionOutcome {
        requireNonNull(key, "key");
        requireNonNull(status, "status");
        requireNonNull(failure, "failure");
        encodings = Map.copyOf(encodings);
        requireNonNull(storedId, "storedId");
        synthesisedIds = Map.copyOf(synthesisedIds);
        requireNonNull(time, "time");
        requireNonNull(duration, "duration");
    }

    static SessionOutcome of(ReconcileResult result, Instant time, Duration duration) {
        return new SessionOutcome(
                result.key(),
                statusOf(result.status()),
                Optional.empty(),
                result.eventsAppended(),
                result.encodings(),
                result.storedId(),
                result.retries(),
                result.tempKeysDropped(),
                result.synthesisedIds(),
                time,
                Optional.of(duration));
    }

    static SessionOutcome notDone(
            SessionKey key, Status status, Failure failure, Instant time, Optional<Duration> duration) {
        return new SessionOutcome(
                key, status, Optional.of(failure), 0, Map.of(), Optional.empty(), 0, 0, Map.of(), time, duration);
    }

    private static Status statusOf(ReconcileResult.Status status) {
        return switch (status) {
            case CREATED -> Status.CREATED;
            case UPDATED -> Status.UPDATED;
            case UNCHANGED -> Status.UNCHANGED;
            case TARGET_AHEAD -> Status.TARGET_AHEAD;
            case SOURCE_ABSENT, ABSENT -> Status.GONE;
        };
    }
}
