package io.github.sessionferry.migration;

import java.util.List;
import java.util.Map;

/**
 * What a {@link Backup} did.
 *
 * <p>Immutable. Holds ids and messages, no values of state and no content of events.
 *
 * @since 0.1
 */
public final class BackupReport {

    private final RunSummary run;
    private final BackupCounts counts;
    private final long bytes;
    private final boolean encrypted;
    private final List<Problem> problems;

    BackupReport(RunSummary run, BackupCounts counts, long bytes, boolean encrypted, List<Problem> problems) {
        this.run = run;
        this.counts = counts;
        this.bytes = bytes;
        this.encrypted = encrypted;
        this.problems = List.copyOf(problems);
    }

    /**
     * From which store to which folder, when, and how the run ended.
     *
     * @return the run
     */
    public RunSummary run() {
        return run;
    }

    /**
     * What the backup holds, over all attempts.
     *
     * @return the counts
     */
    public BackupCounts counts() {
        return counts;
    }

    /**
     * How long its parts are, as they are stored.
     *
     * @return the number of bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Whether it can be read with the key alone.
     *
     * @return true if it is encrypted
     */
    public boolean encrypted() {
        return encrypted;
    }

    /**
     * What could not be read, by reason. If the run has not come to its end, also what it would have tried again.
     *
     * @return the problems, failures first; unmodifiable
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Whether the backup holds all that the store has.
     *
     * @return true if the run is complete and everything could be read
     */
    public boolean succeeded() {
        return run.ending() == RunEnding.COMPLETE && counts.unreadable() == 0;
    }

    /**
     * The report for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        Map<String, Object> json = ReportJson.begin("backup", run);
        json.put("succeeded", succeeded());
        json.put("encrypted", encrypted);
        json.put("sessions", counts.sessions());
        json.put("events", counts.events());
        json.put("sharedScopes", counts.sharedScopes());
        json.put("sharedValues", counts.sharedValues());
        json.put("unreadable", counts.unreadable());
        json.put("bytes", bytes);
        json.put("problems", ReportJson.problems(problems));
        return ReportJson.write(json);
    }

    @Override
    public String toString() {
        return "BackupReport[" + run + ", " + counts + "]";
    }
}
