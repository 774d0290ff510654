package io.github.sessionferry.redis;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceProperties;
import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class RedisSessionServicePropertiesTest extends SessionServiceProperties {

    private static RedisProcess server;

    @BeforeContainer
    static void start() {
        server = RedisProcess.start();
    }

    @AfterContainer
    static void stop() {
        server.close();
    }

    @Override
    protected SessionService create() {
        return RedisSessionService.builder(RedisOptions.builder(server.uri()).build())
                .build();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
