package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Session keys in records: a short id that is another one for each key, and the key itself. Thread-safe. */
final class KeyDocument {

    private static final String APP = "app";
    private static final String USER = "user";
    private static final String SESSION = "session";

    private KeyDocument() {}

    static String id(SessionKey key) {
        return DerivedId.of(key);
    }

    static Map<String, @Nullable Object> write(SessionKey key) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put(APP, key.appName());
        document.put(USER, key.userId());
        document.put(SESSION, key.sessionId());
        return document;
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static SessionKey read(Map<String, ? extends @Nullable Object> document) {
        if (document.get(APP) instanceof String app
                && document.get(USER) instanceof String user
                && document.get(SESSION) instanceof String session) {
            return new SessionKey(app, user, session);
        }
        throw new IllegalArgumentException("the record names no session");
    }
}
