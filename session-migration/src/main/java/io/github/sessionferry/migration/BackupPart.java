package io.github.sessionferry.migration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A finished part of a backup. Immutable.
 *
 * @param file its name
 * @param bytes how long it is
 * @param sha256 of its bytes, in hexadecimal
 * @param indexSha256 of its index
 * @param counts what it holds
 */
record BackupPart(String file, long bytes, String sha256, String indexSha256, BackupCounts counts) {

    private static final Pattern NAME = Pattern.compile("part-\\d{5,9}\\.jsonl\\.gz(\\.enc)?");

    /** Refuses a name that could lead out of the folder. */
    BackupPart {
        if (!NAME.matcher(file).matches()) {
            throw new IllegalArgumentException("file is no name of a part");
        }
    }

    Map<String, Object> write() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file);
        fields.put("bytes", bytes);
        fields.put("sha256", sha256);
        fields.put("index_sha256", indexSha256);
        putCounts(fields, counts);
        return fields;
    }

    static BackupPart read(JournalLine fields) {
        return new BackupPart(
                fields.text("file"),
                fields.number("bytes"),
                fields.text("sha256"),
                fields.text("index_sha256"),
                counts(fields));
    }

    static void putCounts(Map<String, Object> fields, BackupCounts counts) {
        fields.put("sessions", counts.sessions());
        fields.put("events", counts.events());
        fields.put("shared_scopes", counts.sharedScopes());
        fields.put("shared_values", counts.sharedValues());
        fields.put("unreadable", counts.unreadable());
    }

    static BackupCounts counts(JournalLine fields) {
        return new BackupCounts(
                fields.number("sessions"),
                fields.number("events"),
                fields.number("shared_scopes"),
                fields.number("shared_values"),
                fields.number("unreadable"));
    }
}
