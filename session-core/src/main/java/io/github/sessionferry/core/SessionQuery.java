package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions {@link SessionService#list} answers.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class SessionQuery {

    private final String appName;
    private final @Nullable String userId;

    private SessionQuery(String appName, @Nullable String userId) {
        if (requireNonNull(appName, "appName").isEmpty()) {
            throw new IllegalArgumentException("appName is empty");
        }
        this.appName = appName;
        this.userId = userId;
    }

    /**
     * All sessions of an application.
     *
     * @param appName the application; not empty
     * @return the query
     */
    public static SessionQuery ofApp(String appName) {
        return new SessionQuery(appName, null);
    }

    /**
     * All sessions of a user in an application.
     *
     * @param appName the application; not empty
     * @param userId the user
     * @return the query
     */
    public static SessionQuery ofUser(String appName, String userId) {
        return new SessionQuery(appName, requireNonNull(userId, "userId"));
    }

    /**
     * The application.
     *
     * @return its name
     */
    public String appName() {
        return appName;
    }

    /**
     * The user.
     *
     * @return the user's id, or empty for all users
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    /**
     * Tells whether a session is one of those asked for.
     *
     * @param key which session
     * @return true if it is
     */
    public boolean matches(SessionKey key) {
        return appName.equals(key.appName()) && (userId == null || userId.equals(key.userId()));
    }
}
