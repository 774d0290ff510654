package io.github.sessionferry.redis;

import io.github.sessionferry.testkit.redis.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisServerContractTest extends RedisContract {

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    RedisOptions options() {
        return RedisOptions.builder(RedisAccess.uri(server)).build();
    }
}
