package io.github.sessionferry.file;

import io.github.sessionferry.core.ScanCursor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a scan of web sessions: first the application's own files, then those that only this library knows.
 *
 * @param inFiles whether the scan is still among the application's files
 * @param scan which scan, the same in all its partitions; empty where it is told to begin
 * @param place the shards of the partition, and the name after which to go on
 */
record WebCursor(boolean inFiles, String scan, ShardCursor place) {

    private static final Pattern TOKEN = Pattern.compile("(files|own)/([0-9a-z]*)/(.+)", Pattern.DOTALL);

    static WebCursor of(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return new WebCursor(true, "", ShardCursor.of(cursor));
        }
        Matcher token = TOKEN.matcher(cursor.token());
        if (!token.matches()) {
            throw new IllegalArgumentException("the cursor was not given by a store of web sessions");
        }
        return new WebCursor(
                token.group(1).equals("files"), token.group(2), ShardCursor.of(new ScanCursor(token.group(3))));
    }

    static ScanCursor partition(String scan, ScanCursor shards) {
        return new WebCursor(true, scan, ShardCursor.of(shards)).cursor();
    }

    ScanCursor cursor() {
        return new ScanCursor(
                (inFiles ? "files/" : "own/") + scan + "/" + place.cursor().token());
    }

    WebCursor ofScan(String newScan) {
        return new WebCursor(inFiles, newScan, place);
    }

    WebCursor inFilesAfter(String name) {
        return new WebCursor(true, scan, place.at(place.shard(), name));
    }

    WebCursor inOwnAt(ShardCursor newPlace) {
        return new WebCursor(false, scan, newPlace);
    }
}
