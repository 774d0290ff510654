package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SessionService#create} is asked for.
 *
 * <p>Immutable. {@link #toString()} shows no content.
 *
 * @since 0.1
 */
public final class NewSession {

    private final String appName;
    private final String userId;
    private final @Nullable String sessionId;
    private final Map<String, @Nullable Object> state;
    private final @Nullable Instant expireTime;

    private NewSession(Builder builder) {
        appName = builder.appName;
        userId = builder.userId;
        sessionId = builder.sessionId;
        state = builder.state;
        expireTime = builder.expireTime;
    }

    /**
     * Starts a request for a session whose id the store makes.
     *
     * @param appName the application; not empty
     * @param userId the user; empty for a visitor without an account
     * @return a builder with no state and no expiry
     * @throws IllegalArgumentException if the application's name is empty
     */
    public static Builder builder(String appName, String userId) {
        return new Builder(appName, userId);
    }

    /**
     * Starts a request for a session with a known id.
     *
     * @param key which session
     * @return a builder with no state and no expiry
     */
    public static Builder builder(SessionKey key) {
        return new Builder(key.appName(), key.userId()).sessionId(key.sessionId());
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
     * @return the user's id; empty for a visitor without an account
     */
    public String userId() {
        return userId;
    }

    /**
     * The session's id.
     *
     * @return the id, or empty if the store is to make one
     */
    public Optional<String> sessionId() {
        return Optional.ofNullable(sessionId);
    }

    /**
     * The first state.
     *
     * @return values by state key, keys of shared state with their prefix; unmodifiable
     */
    public Map<String, @Nullable Object> state() {
        return state;
    }

    /**
     * When the session is to cease to exist.
     *
     * @return the time, or empty for the store's own rule
     */
    public Optional<Instant> expireTime() {
        return Optional.ofNullable(expireTime);
    }

    @Override
    public String toString() {
        return "NewSession[" + appName + ", " + userId + ", " + sessionId + "]";
    }

    /**
     * Builds a request. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final String appName;
        private final String userId;
        private @Nullable String sessionId;
        private Map<String, @Nullable Object> state = Map.of();
        private @Nullable Instant expireTime;

        private Builder(String appName, String userId) {
            if (requireNonNull(appName, "appName").isEmpty()) {
                throw new IllegalArgumentException("appName is empty");
            }
            this.appName = appName;
            this.userId = requireNonNull(userId, "userId");
        }

        /**
         * Sets the session's id.
         *
         * @param sessionId the id; {@code null} if the store is to make one
         * @return this builder
         * @throws IllegalArgumentException if the id is empty
         */
        public Builder sessionId(@Nullable String sessionId) {
            if (sessionId != null && sessionId.isEmpty()) {
                throw new IllegalArgumentException("sessionId is empty; leave it out for an id that the store makes");
            }
            this.sessionId = sessionId;
            return this;
        }

        /**
         * Sets the first state.
         *
         * @param state values by state key; {@code app:} and {@code user:} keys go to shared state, {@code temp:} keys
         *     nowhere
         * @return this builder
         * @throws IllegalArgumentException as {@link StateValues#normalise}
         */
        public Builder state(Map<String, ? extends @Nullable Object> state) {
            this.state = StateValues.normaliseMap(state);
            return this;
        }

        /**
         * Sets when the session is to cease to exist.
         *
         * @param expireTime the time; {@code null} for the store's own rule
         * @return this builder
         */
        public Builder expireTime(@Nullable Instant expireTime) {
            this.expireTime = expireTime == null ? null : StateValues.toMicros(expireTime);
            return this;
        }

        /**
         * Makes the request.
         *
         * @return the request
         */
        public NewSession build() {
            return new NewSession(this);
        }
    }
}
