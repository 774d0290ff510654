package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Opens stores in Redis by address: {@code redis://HOST:PORT/DATABASE?layout=agent}, {@code rediss} with TLS,
 * {@code redis-sentinel} and {@code rediss-sentinel} with {@code master=NAME}. Thread-safe.
 *
 * @since 0.1
 */
public final class RedisStoreProvider implements SessionStoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel");
    }

    @Override
    public String usage() {
        return "redis[s]://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/DATABASE]?layout=agent[&prefix=ferry:]"
                + "[&cluster=true][&timeout=5s][&password-env=VARIABLE][&ca=FILE], or"
                + " redis[s]-sentinel://HOST[:PORT],...?master=NAME[&sentinel-password-env=VARIABLE]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.choice("layout", "agent");
        uri.requireKnownParameters(Stream.concat(Stream.of("layout", "prefix"), RedisUris.PARAMETERS.stream())
                .toArray(String[]::new));
        return RedisSessionService.builder(new RedisUris(uri, System::getenv).options())
                .prefix(uri.parameter("prefix").orElse(RedisSessionService.DEFAULT_PREFIX))
                .build();
    }
}
