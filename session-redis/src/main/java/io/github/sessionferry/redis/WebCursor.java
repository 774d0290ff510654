package io.github.sessionferry.redis;

import io.github.sessionferry.core.ScanCursor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a scan of web sessions: first those of the application's categories, then those that only we know.
 *
 * @param scan which scan; empty before its first page
 * @param first the first part of the ids that belongs to the partition
 * @param last the last one
 * @param own the place among those that only we know; empty while the scan has not come to them
 * @param id the id after which to go on, or whose sessions have not all come
 * @param user the user up to whom the sessions of that id have come, after a sign; empty if all have
 */
record WebCursor(String scan, int first, int last, String own, String id, String user) {

    private static final int PARTS = 256;
    private static final String USER = "=";
    private static final String OWN = "own/";
    private static final Pattern TOKEN =
            Pattern.compile("web/([0-9a-f]*)/(\\d{1,3})-(\\d{1,3})/(?:(own/.*)|([^/]*)/([^/]*))", Pattern.DOTALL);

    static WebCursor of(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return new WebCursor("", 0, PARTS - 1, "", "", "");
        }
        Matcher token = TOKEN.matcher(cursor.token());
        if (!token.matches()) {
            throw new IllegalArgumentException("the cursor was not given by a store of web sessions");
        }
        return new WebCursor(
                token.group(1),
                Integer.parseInt(token.group(2)),
                Integer.parseInt(token.group(3)),
                Objects.requireNonNullElse(token.group(4), ""),
                decoded(token.group(5)),
                decoded(token.group(6)));
    }

    private static String decoded(@Nullable String text) {
        return text == null ? "" : URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static List<WebCursor> partitions(int parts) {
        List<WebCursor> partitions = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
            partitions.add(new WebCursor("", part * PARTS / parts, (part + 1) * PARTS / parts - 1, "", "", ""));
        }
        return partitions;
    }

    ScanCursor cursor() {
        String place = own.isEmpty() ? encoded(id) + "/" + encoded(user) : own;
        return new ScanCursor("web/" + scan + "/" + first + "-" + last + "/" + place);
    }

    boolean covers(String anyId) {
        int part = (anyId.hashCode() * 0x9E3779B9) >>> 24;
        return first <= part && part <= last;
    }

    /** Whether the scan has come to the sessions that only we know. */
    boolean isInOwn() {
        return !own.isEmpty();
    }

    ScanCursor placeInOwn() {
        return isInOwn() ? new ScanCursor(own.substring(OWN.length())) : ScanCursor.START;
    }

    boolean isFirst() {
        return first == 0;
    }

    /** Whether a session of the cursor's own id has come already. */
    boolean isTold(String userId) {
        return (USER + WebText.writeField(userId)).compareTo(user) <= 0;
    }

    WebCursor ofScan(String newScan) {
        return new WebCursor(newScan, first, last, own, id, user);
    }

    WebCursor after(String newId) {
        return new WebCursor(scan, first, last, "", newId, "");
    }

    WebCursor afterUser(String sameId, String newUser) {
        return new WebCursor(scan, first, last, "", sameId, USER + WebText.writeField(newUser));
    }

    WebCursor inOwn(ScanCursor place) {
        return new WebCursor(scan, first, last, OWN + place.token(), "", "");
    }
}
