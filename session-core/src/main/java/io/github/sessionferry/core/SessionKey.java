package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

/**
 * Names one session: the application, the user and the session's own id.
 *
 * <p>All three are opaque: they are compared as they are, without trimming, case folding or Unicode normalisation, and
 * may hold any characters, hostile ones included. A store that cannot keep a part as it is either maps it to something
 * that it can keep and answers the original, or refuses it with {@link SessionErrorCode#INVALID_SESSION}.
 *
 * <p>Immutable.
 *
 * @param appName the application; not empty
 * @param userId the user that the session belongs to; empty for a visitor without an account
 * @param sessionId the session's id; not empty
 * @since 0.1
 */
public record SessionKey(String appName, String userId, String sessionId) {

    /**
     * The application name under which a migration keeps its own records in the stores: {@value}. Migration and
     * validation pass over it, and the staged service serves no session of it.
     *
     * @since 0.1
     */
    public static final String RESERVED_APP_NAME = "__session_ferry__";

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the application's name or the session's id is empty
     */
    public SessionKey {
        if (requireNonNull(appName, "appName").isEmpty()) {
            throw new IllegalArgumentException("appName is empty");
        }
        requireNonNull(userId, "userId");
        if (requireNonNull(sessionId, "sessionId").isEmpty()) {
            throw new IllegalArgumentException("sessionId is empty");
        }
    }

    /**
     * The scope that this session shares with all sessions of its application.
     *
     * @return the application's scope
     */
    public SharedScope appScope() {
        return SharedScope.app(appName);
    }

    /**
     * The scope that this session shares with all sessions of its user in its application.
     *
     * @return the user's scope
     */
    public SharedScope userScope() {
        return SharedScope.user(appName, userId);
    }

    /**
     * Whether this is a record of a migration, not a session of an application.
     *
     * @return true if the application is {@link #RESERVED_APP_NAME}
     */
    public boolean isReserved() {
        return appName.equals(RESERVED_APP_NAME);
    }
}
