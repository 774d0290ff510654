package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
                + " or ?layout=web[&app=NAME][&userKey=KEY][&categories=FILE], with"
                + "[&cluster=true][&timeout=5s][&password-env=VARIABLE][&ca=FILE], or"
                + " redis[s]-sentinel://HOST[:PORT],...?master=NAME[&sentinel-password-env=VARIABLE]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        return uri.choice("layout", "agent", "web").equals("web") ? openWeb(uri) : openAgent(uri);
    }

    private static SessionService openAgent(StoreUri uri) {
        return RedisSessionService.builder(options(uri, "layout", "prefix"))
                .prefix(uri.parameter("prefix").orElse(RedisSessionService.DEFAULT_PREFIX))
                .build();
    }

    private static SessionService openWeb(StoreUri uri) {
        WebRedisSessionService.Builder builder =
                WebRedisSessionService.builder(options(uri, "layout", "app", "userKey", "categories"));
        uri.parameter("app").ifPresent(builder::appName);
        uri.parameter("userKey").ifPresent(builder::userKey);
        uri.parameter("categories").map(RedisStoreProvider::categories).ifPresent(builder::categories);
        return builder.build();
    }

    private static WebCategories categories(String file) {
        try {
            return WebCategories.read(Path.of(file));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the store's parameter categories names no file that can exist here", e);
        }
    }

    private static RedisOptions options(StoreUri uri, String... ofLayout) {
        uri.requireKnownParameters(Stream.concat(Stream.of(ofLayout), RedisUris.PARAMETERS.stream())
                .toArray(String[]::new));
        return new RedisUris(uri, System::getenv).options();
    }
}
