package io.github.sessionferry.vertex;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.time.Duration;
import java.util.Set;

/**
 * Opens addresses such as {@code agentengine://projects/P/locations/L/reasoningEngines/E}.
 *
 * <p>Parameters: {@code endpoint} (host and port), {@code plaintext} ({@code true} for an emulator), {@code timeout} of
 * an operation ({@code 10s}), {@code app} (the application of sessions that no other is noted of; the engine's id).
 * Thread-safe.
 *
 * @since 0.1
 */
public final class VertexAiSessionStoreProvider implements SessionStoreProvider {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** For {@link java.util.ServiceLoader}. */
    public VertexAiSessionStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("agentengine");
    }

    @Override
    public String usage() {
        return "agentengine://projects/P/locations/L/reasoningEngines/E"
                + "?endpoint=HOST:PORT&plaintext=true&timeout=10s&app=NAME";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.requireKnownParameters("endpoint", "plaintext", "timeout", "app");
        VertexAiSessionService.Builder builder = VertexAiSessionService.builder(uri.location())
                .plaintext(uri.flag("plaintext"))
                .timeout(uri.duration("timeout", TIMEOUT));
        uri.parameter("endpoint").ifPresent(builder::endpoint);
        uri.parameter("app").ifPresent(builder::defaultApp);
        return builder.build();
    }
}
