package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.codec.DerivedId;
import java.time.Instant;

/**
 * What the index has of a session: hashes of the application and of the user, by which listings find it; the tag of its
 * keys; and the token of its creation, so that a deletion takes out no later session of the same key.
 *
 * @param text the four, with colons between
 */
record IndexEntry(String text) {

    private static final String SEPARATOR = ":";

    static IndexEntry of(SessionKey key, String born) {
        return new IndexEntry(
                String.join(SEPARATOR, app(key.appName()), user(key.appName(), key.userId()), DerivedId.of(key), born));
    }

    /** How the entries of the sessions asked for begin. */
    static String prefix(SessionQuery query) {
        String app = app(query.appName()) + SEPARATOR;
        return query.userId()
                .map(user -> app + user(query.appName(), user) + SEPARATOR)
                .orElse(app);
    }

    /** The part of the index that holds a user's sessions. */
    static int part(String appName, String userId) {
        return Math.floorMod(user(appName, userId).hashCode(), IndexCursor.PARTS);
    }

    String tag() {
        return text.split(SEPARATOR, -1)[2];
    }

    String born() {
        return text.split(SEPARATOR, -1)[3];
    }

    Instant madeAt() {
        return Tokens.madeAt(born());
    }

    private static String app(String appName) {
        return DerivedId.of("", appName);
    }

    private static String user(String appName, String userId) {
        return DerivedId.of("", appName, userId);
    }
}
