package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionKey;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the session files of one web application are named, and whose they are.
 *
 * @param appName the application, which no file names
 * @param userKey the key of the state that holds the user's id; {@code null} if every session is a visitor's
 */
record WebForm(String appName, @Nullable String userKey) {

    private static final String PREFIX = "sess_";

    /** Short enough for the name of a file. */
    private static final int LONGEST_ID = 250;

    static boolean isSession(String fileName) {
        return fileName.startsWith(PREFIX);
    }

    /** The session id in a file's name; empty if no session of this layout has that name. */
    static Optional<String> id(String fileName) {
        return Optional.of(fileName.substring(PREFIX.length())).filter(WebForm::isPlainId);
    }

    private static boolean isPlainId(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (!isPlainLetter(id.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** What any file system keeps as it is. */
    private static boolean isPlainLetter(char letter) {
        return (letter >= 'a' && letter <= 'z')
                || (letter >= 'A' && letter <= 'Z')
                || (letter >= '0' && letter <= '9')
                || "._,=+@~%-".indexOf(letter) >= 0;
    }

    static String fileName(String id) {
        return PREFIX + id;
    }

    SessionKey key(String id, Map<String, ? extends @Nullable Object> state) {
        return new SessionKey(appName, userOf(state), id);
    }

    /** Whether a session's name can be that of a file which other readers look for. */
    boolean isPlain(SessionKey key) {
        return key.appName().equals(appName) && isPlainId(key.sessionId());
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
