package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names state that sessions share: that of an application or that of a user in an application.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class SharedScope {

    private final String appName;
    private final @Nullable String userId;

    private SharedScope(String appName, @Nullable String userId) {
        if (requireNonNull(appName, "appName").isEmpty()) {
            throw new IllegalArgumentException("appName is empty");
        }
        this.appName = appName;
        this.userId = userId;
    }

    /**
     * The state shared by all sessions of an application.
     *
     * @param appName the application; not empty
     * @return its scope
     */
    public static SharedScope app(String appName) {
        return new SharedScope(appName, null);
    }

    /**
     * The state shared by all sessions of a user in an application.
     *
     * @param appName the application; not empty
     * @param userId the user
     * @return the user's scope
     */
    public static SharedScope user(String appName, String userId) {
        return new SharedScope(appName, requireNonNull(userId, "userId"));
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
     * @return the user's id, or empty for the scope of an application
     */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    /**
     * Which prefix marks this scope's keys in a session's state.
     *
     * @return {@link StateScope#APP} or {@link StateScope#USER}
     */
    public StateScope stateScope() {
        return userId == null ? StateScope.APP : StateScope.USER;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SharedScope that && appName.equals(that.appName) && userId().equals(that.userId());
    }

    @Override
    public int hashCode() {
        return 31 * appName.hashCode() + userId().hashCode();
    }

    @Override
    public String toString() {
        return userId == null ? "app " + appName : "user " + userId + " of app " + appName;
    }
}
