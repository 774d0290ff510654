package io.github.sessionferry.vertex;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Opens addresses such as {@code agentengine://projects/P/locations/L/reasoningEngines/E}.
 *
 * <p>Parameters: {@code endpoint} (host and port), {@code plaintext} ({@code true} for an emulator), {@code timeout} of
 * an operation ({@code 10s}), {@code app} (the application of sessions that no other is noted of; the engine's id),
 * {@code app.NAME} (the engine of the application NAME, by its whole name or, in the same project and location, its id),
 * {@code quota.writes}, {@code quota.appends}, {@code quota.reads} (how many calls a minute the project has in the region,
 * where that is more than the published 100, 300, 10000), {@code quota=none} (not to keep to any, as with {@code
 * plaintext}). Thread-safe.
 *
 * @since 0.1
 */
public final class VertexAiSessionStoreProvider implements SessionStoreProvider {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String QUOTA = "quota";
    private static final String PUBLISHED = "published";
    private static final String NONE = "none";
    private static final String WRITES = "quota.writes";
    private static final String APPENDS = "quota.appends";
    private static final String READS = "quota.reads";

    /** For {@link java.util.ServiceLoader}. */
    public VertexAiSessionStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("agentengine");
    }

    @Override
    public String usage() {
        return "agentengine://projects/P/locations/L/reasoningEngines/E"
                + "?endpoint=HOST:PORT&plaintext=true&timeout=10s&app=NAME&app.NAME=E2"
                + "&quota.writes=100&quota.appends=300&quota.reads=10000";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.requireKnownParameters("endpoint", "plaintext", "timeout", "app", "app.*", QUOTA, WRITES, APPENDS, READS);
        VertexAiSessionService.Builder builder = VertexAiSessionService.builder(uri.location())
                .plaintext(uri.flag("plaintext"))
                .timeout(uri.duration("timeout", TIMEOUT));
        uri.parameter("endpoint").ifPresent(builder::endpoint);
        uri.parameter("app").ifPresent(builder::defaultApp);
        uri.group("app").forEach(builder::mapApp);
        builder.quotas(quotas(uri));
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static AgentEngineQuotas quotas(StoreUri uri) {
        boolean none = uri.choice(QUOTA, PUBLISHED, NONE).equals(NONE);
        if (uri.parameter(QUOTA).isPresent()
                && Stream.of(WRITES, APPENDS, READS)
                        .anyMatch(name -> uri.parameter(name).isPresent())) {
            throw new IllegalArgumentException("the store's parameter " + QUOTA + " says all; leave out " + WRITES
                    + ", " + APPENDS + " and " + READS + ", or it");
        }
        boolean emulator = uri.flag("plaintext") && uri.parameter(QUOTA).isEmpty();
        AgentEngineQuotas otherwise = none || emulator ? AgentEngineQuotas.none() : AgentEngineQuotas.published();
        return new AgentEngineQuotas(
                uri.count(WRITES, otherwise.sessionWrites()),
                uri.count(APPENDS, otherwise.appends()),
                uri.count(READS, otherwise.reads()));
    }
}
