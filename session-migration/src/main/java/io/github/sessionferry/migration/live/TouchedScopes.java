package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.StateScope;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which shared state a change touches.
 *
 * @param app whether that of the application
 * @param user whether that of the user
 * @since 0.1
 */
public record TouchedScopes(boolean app, boolean user) {

    static final TouchedScopes NONE = new TouchedScopes(false, false);

    static TouchedScopes by(Map<String, ? extends @Nullable Object> delta) {
        boolean app = false;
        boolean user = false;
        for (String key : delta.keySet()) {
            StateScope scope = StateScope.of(key);
            app |= scope == StateScope.APP;
            user |= scope == StateScope.USER;
        }
        return app || user ? new TouchedScopes(app, user) : NONE;
    }

    TouchedScopes and(TouchedScopes other) {
        return new TouchedScopes(app || other.app, user || other.user);
    }
}
