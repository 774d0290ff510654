package io.github.sessionferry.testkit;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a scan in key order goes on, and where its partition ends. Immutable.
 *
 * @param after the last key that was passed; {@code null} at the very beginning
 * @param until the last key of the partition; {@code null} if it is the last partition
 */
record ScanPosition(@Nullable SessionKey after, @Nullable SessionKey until) {

    static ScanPosition of(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return new ScanPosition(null, null);
        }
        try {
            return Json.read(cursor.token()) instanceof List<?> keys && keys.size() == 2
                    ? new ScanPosition(key(keys.get(0)), key(keys.get(1)))
                    : refuse(null);
        } catch (ClassCastException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return refuse(e);
        }
    }

    ScanCursor cursor() {
        return new ScanCursor(Json.write(Arrays.asList(parts(after), parts(until))));
    }

    private static @Nullable SessionKey key(@Nullable Object parts) {
        if (parts == null) {
            return null;
        }
        List<?> texts = (List<?>) parts;
        return new SessionKey((String) texts.get(0), (String) texts.get(1), (String) texts.get(2));
    }

    private static @Nullable List<String> parts(@Nullable SessionKey key) {
        return key == null ? null : List.of(key.appName(), key.userId(), key.sessionId());
    }

    private static ScanPosition refuse(@Nullable Exception cause) {
        throw new IllegalArgumentException("the cursor was not given by an in-memory store", cause);
    }
}
