package io.github.sessionferry.vertex;

import io.github.sessionferry.core.SessionKey;

/** Which keys an engine can hold. */
final class Keys {

    private Keys() {}

    /** Whether an engine can hold a session of this user. */
    static boolean isUser(String userId) {
        return !userId.isEmpty() && Texts.isWellFormed(userId);
    }

    /** @throws IllegalArgumentException if no session can have this key in an engine */
    static void check(SessionKey key) {
        checkUser(key.userId());
        if (!Texts.isWellFormed(key.appName()) || !Texts.isWellFormed(key.sessionId())) {
            throw new IllegalArgumentException(
                    "the session's id or its application's name has half of a surrogate pair, which UTF-8 cannot hold");
        }
    }

    /** @throws IllegalArgumentException if no session can be of this user in an engine */
    static void checkUser(String userId) {
        if (userId.isEmpty()) {
            throw new IllegalArgumentException("Agent Engine needs a user id and this one is empty");
        }
        if (!Texts.isWellFormed(userId)) {
            throw new IllegalArgumentException("the user id has half of a surrogate pair, which UTF-8 cannot hold");
        }
    }
}
