package io.github.sessionferry.redis;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceProperties;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class RedisSessionServicePropertiesTest extends SessionServiceProperties {

    private static RedisServer server;

    @BeforeContainer
    static void start() {
        server = RedisServer.start();
    }

    @AfterContainer
    static void stop() {
        server.close();
    }

    @Override
    protected SessionService create() {
        return RedisSessionService.builder(
                        RedisOptions.builder(RedisAccess.uri(server)).build())
                .build();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
