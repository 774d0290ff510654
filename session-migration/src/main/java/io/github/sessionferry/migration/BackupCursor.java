package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a scan of a backup. Immutable.
 *
 * @param part the number of the part, from 0
 * @param block the number of the block in it
 * @param line the number of the line in that
 * @param end the number of the part before which the scan ends
 */
record BackupCursor(int part, int block, int line, int end) {

    private static final Pattern TOKEN = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})-(\\d{1,9})");

    static BackupCursor read(ScanCursor cursor, int parts) {
        if (cursor.equals(ScanCursor.START)) {
            return new BackupCursor(0, 0, 0, parts);
        }
        Matcher token = TOKEN.matcher(cursor.token());
        if (!token.matches()) {
            throw new IllegalArgumentException("the cursor was not given by a backup");
        }
        return new BackupCursor(
                Integer.parseInt(token.group(1)),
                Integer.parseInt(token.group(2)),
                Integer.parseInt(token.group(3)),
                Math.min(parts, Integer.parseInt(token.group(4))));
    }

    ScanCursor write() {
        return new ScanCursor(part + "." + block + "." + line + "-" + end);
    }
}
