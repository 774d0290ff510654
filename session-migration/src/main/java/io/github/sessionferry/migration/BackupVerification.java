package io.github.sessionferry.migration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link BackupVerifier} found.
 *
 * <p>Immutable. Holds ids and messages, no values of state and no content of events.
 *
 * @since 0.1
 */
public final class BackupVerification {

    private final String backup;
    private final String source;
    private final Instant ended;
    private final BackupCounts expected;
    private final BackupCounts read;
    private final long damageCount;
    private final List<Damage> damages;

    BackupVerification(
            String backup, BackupManifest manifest, BackupCounts read, long damageCount, List<Damage> damages) {
        this.backup = backup;
        source = manifest.header().source();
        ended = manifest.ended();
        expected = manifest.counts();
        this.read = read;
        this.damageCount = damageCount;
        this.damages = List.copyOf(damages);
    }

    /**
     * Which backup it is.
     *
     * @return its name, with its folder
     */
    public String backup() {
        return backup;
    }

    /**
     * Of which store it is.
     *
     * @return the store's name
     */
    public String source() {
        return source;
    }

    /**
     * When it was finished.
     *
     * @return the time
     */
    public Instant ended() {
        return ended;
    }

    /**
     * What it must hold, by its manifest.
     *
     * @return the counts
     */
    public BackupCounts expected() {
        return expected;
    }

    /**
     * What could be read of it, each line as it was written.
     *
     * @return the counts
     */
    public BackupCounts read() {
        return read;
    }

    /**
     * How many damages were found.
     *
     * @return the number
     */
    public long damageCount() {
        return damageCount;
    }

    /**
     * The first damages found.
     *
     * @return at most 1,000, in no particular order; unmodifiable
     */
    public List<Damage> damages() {
        return damages;
    }

    /**
     * Whether everything is as it was written.
     *
     * @return true if there is no damage
     */
    public boolean passed() {
        return damageCount == 0;
    }

    /**
     * The result for programs.
     *
     * @return JSON text over several lines
     */
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("backup", backup);
        json.put("source", source);
        json.put("ended", ended.toString());
        json.put("passed", passed());
        json.put("expectedSessions", expected.sessions());
        json.put("sessions", read.sessions());
        json.put("events", read.events());
        json.put("sharedScopes", read.sharedScopes());
        json.put("sharedValues", read.sharedValues());
        json.put("unreadable", read.unreadable());
        json.put("damageCount", damageCount);
        List<Map<String, Object>> list = new ArrayList<>();
        damages.forEach(damage -> list.add(Map.of("place", damage.place(), "reason", damage.reason())));
        json.put("damages", list);
        return ReportJson.write(json);
    }

    @Override
    public String toString() {
        return "BackupVerification[" + backup + ", " + read + ", " + damageCount + " damages]";
    }

    /**
     * Something that is not as it was written.
     *
     * <p>Immutable.
     *
     * @param place which part, block, line or session
     * @param reason what is wrong with it
     */
    public record Damage(String place, String reason) {}
}
