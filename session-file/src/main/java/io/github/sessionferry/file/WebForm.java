package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionKey;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the session files of one web application are named, and whose they are.
 *
 * @param appName the application, which no file names
 * @param userKey the key of the state that holds the user's id; {@code null} if every session is a visitor's
 */
record WebForm(String appName, @Nullable String userKey) {

    private static final String PREFIX = "sess_";

    /** What any file system keeps as it is, short enough for the name of a file. */
    private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9._,=+@~%-]{1,250}");

    static boolean isSession(String fileName) {
        return fileName.startsWith(PREFIX);
    }

    /** The session id in a file's name; empty if no session of this layout has that name. */
    static Optional<String> id(String fileName) {
        return Optional.of(fileName.substring(PREFIX.length()))
                .filter(id -> PLAIN_ID.matcher(id).matches());
    }

    static String fileName(String id) {
        return PREFIX + id;
    }

    SessionKey key(String id, Map<String, ? extends @Nullable Object> state) {
        return new SessionKey(appName, userOf(state), id);
    }

    /** Whether a session's name can be that of a file which other readers look for. */
    boolean isPlain(SessionKey key) {
        return key.appName().equals(appName)
                && PLAIN_ID.matcher(key.sessionId()).matches();
    }

    /** Whether a file of the application tells all of a session's key. */
    boolean fits(SessionKey key, Map<String, ? extends @Nullable Object> state) {
        return isPlain(key) && userOf(state).equals(key.userId());
    }

    private String userOf(Map<String, ? extends @Nullable Object> state) {
        Object user = userKey == null ? null : state.get(userKey);
        return user instanceof String || user instanceof Long ? user.toString() : "";
    }
}
