package io.github.sessionferry.redis;

import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.function.Function;

/** What another program sees and does. Thread-safe: static methods only. */
final class RedisAccess {

    private RedisAccess() {}

    static RedisURI uri(RedisServer server) {
        return RedisURI.create(RedisServer.HOST, server.port());
    }

    /** Runs commands on a connection of their own. */
    static <T> T run(RedisServer server, Function<RedisCommands<String, String>, T> commands) {
        return run(uri(server), commands);
    }

    static <T> T run(RedisURI uri, Function<RedisCommands<String, String>, T> commands) {
        RedisClient client = RedisClient.create(uri);
        try {
            return commands.apply(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
