package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link Reconciler#reconcile(SessionKey)} did, or {@link Reconciler#preview(SessionKey)} would do.
 *
 * <p>Immutable; holds no session content.
 *
 * @param key which session
 * @param status what became of it
 * @param eventsAppended how many events the target lacked and was given; of a preview, how many it lacks
 * @param encodings how many values were written in an encoded form, by kind
 * @param storedId the id under which the target keeps the session, if it is not the session's own and was told
 * @param retries how many tries failed and were repeated; 0 for a preview
 * @param tempKeysDropped how many {@code temp:} keys the events written had in the source and have no more; 0 for a preview
 * @param synthesisedIds how many ids that the source does not keep were made for the events that it has, by kind; empty in a
 *     preview, and if nothing was written
 * @since 0.1
 */
public record ReconcileResult(
        SessionKey key,
        Status status,
        int eventsAppended,
        Map<String, Integer> encodings,
        Optional<String> storedId,
        int retries,
        int tempKeysDropped,
        Map<String, Integer> synthesisedIds) {

    /** What became of a session. */
    public enum Status {
        /** The target did not have the session and now holds all of it. */
        CREATED,
        /** The target had the session and was brought up to the source. */
        UPDATED,
        /** The target already held all that the source holds. */
        UNCHANGED,
        /**
         * The target's session is newer than the source's: its times were left as they are, it was given the events that
         * it lacked, and their changes of state where no later event of its own overrules them.
         */
        TARGET_AHEAD,
        /**
         * The source has no such session. What the target has of it stays, unless this very call had created it there.
         */
        SOURCE_ABSENT,
        /** Neither store has such a session. */
        ABSENT
    }

    /** Checks and copies. */
    public ReconcileResult {
        requireNonNull(key, "key");
        requireNonNull(status, "status");
        encodings = Map.copyOf(encodings);
        requireNonNull(storedId, "storedId");
        synthesisedIds = Map.copyOf(synthesisedIds);
    }
}
