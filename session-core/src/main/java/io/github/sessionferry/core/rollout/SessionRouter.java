package io.github.sessionferry.core.rollout;

import io.github.sessionferry.core.SessionService;
import org.jspecify.annotations.Nullable;

/**
 * Picks the service that serves a user on a channel.
 *
 * <p>Implementations are thread-safe. The services are the router's: they are not to be closed by who asks for them.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SessionRouter {

    /**
     * Picks a service.
     *
     * @param userId the user's id; null or empty if there is none
     * @param channel how the user talks
     * @return the service to use for this user now; ask again for each request, for the answer changes with the plan
     */
    SessionService serviceFor(@Nullable String userId, Channel channel);
}
