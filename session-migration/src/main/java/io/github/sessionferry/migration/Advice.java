package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionErrorCode;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What an operator can do about a failure. Thread-safe: static methods only. */
final class Advice {

    private static final Map<String, String> BY_CODE = Map.ofEntries(
            Map.entry(
                    "INVALID_SESSION",
                    "The target cannot keep these as they are. Change or remove them in the source, then run again."),
            Map.entry(
                    "CORRUPT",
                    "What is stored is no readable session. Repair or remove the records named, then run again."),
            Map.entry("UNSUPPORTED", "The store has no such ability. Choose another target, or do without this data."),
            Map.entry("CONTENTION", "They changed all the time. Run again when it is quieter."),
            Map.entry(
                    "UNAVAILABLE",
                    "The store gave no answer in time. Check that it is up and reachable, then run again."),
            Map.entry(
                    "RATE_LIMITED",
                    "The store refused calls because there were too many. Lower the concurrency or raise the quota, then run again."),
            Map.entry(
                    "AMBIGUOUS",
                    "It is unknown whether the last write was made. Run again: what is there is found and completed."),
            Map.entry("UNAUTHENTICATED", "Set up credentials for the store, then run again."),
            Map.entry("PERMISSION_DENIED", "Grant the credentials the roles that the store needs, then run again."),
            Map.entry(
                    "STORE_NOT_FOUND",
                    "Check the store's address; create the database, engine or folder if it is missing."),
            Map.entry("CLOSED", "The store was closed during the run. Open it and run again."),
            Map.entry(
                    Failure.SELF_TEST,
                    "The comparison does not find what it should, so nothing was compared. Report it with this page."),
            Map.entry(
                    Failure.TARGET_AHEAD,
                    "Old is never put over new. If the target is right, reconcile the other way, from the target to the"
                            + " source."),
            Map.entry(
                    Failure.STILL_DIFFERENT,
                    "Nothing is taken away from the target. Look at the differences; if the source is right, delete these"
                            + " from the target by hand and repair again."),
            Map.entry(
                    Failure.NOT_IN_TARGET,
                    "The target does not have them, so they stay in the source."
                            + " Run session validate --repair, then retire again."),
            Map.entry(
                    Failure.DIFFERENT,
                    "The target lacks something of them, so they stay in the source."
                            + " Run session validate --repair, then retire again."),
            Map.entry(
                    Failure.IN_NEITHER_STORE,
                    "Check the application, the user and the id: each must be as the stores tell them."),
            Map.entry(
                    Failure.TOO_MANY_FAILURES,
                    "Nothing went right any more. Look at the reason of the failures, mend it, then run again."),
            Map.entry(Failure.BACKUP, "Make room on the backup's disk, then go on with the same backup (--resume)."),
            Map.entry(
                    Failure.JOURNAL,
                    "Make room on the journal's disk, then go on with the same journal. Without one, name a file on a disk"
                            + " with room."));

    private Advice() {}

    /** Every code that a failure can have. */
    static Set<String> codes() {
        Set<String> codes = new TreeSet<>(BY_CODE.keySet());
        for (SessionErrorCode code : SessionErrorCode.values()) {
            codes.add(code.name());
        }
        return codes;
    }

    static String on(String code) {
        return BY_CODE.getOrDefault(
                code, "This should not happen. Run again; if it stays, report it with the message and the key.");
    }
}
