package io.github.sessionferry.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class WebServerContractTest extends WebContract {

    private static RedisProcess server;

    @BeforeAll
    static void start() {
        server = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    RedisOptions options() {
        return RedisOptions.builder(server.uri()).build();
    }
}
