package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.VisitorsOnly;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract again, with every session in the categories of the application. */
class WebInCategoriesContractTest extends WebContract {

    private static final Map<String, SessionKey> KEYS = new ConcurrentHashMap<>();

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Otherwise each listing by a user, of which the store knows none, would read what all tests before have left. */
    @BeforeEach
    void empty() {
        RedisAccess.empty(server);
    }

    @Override
    RedisOptions options() {
        return RedisOptions.builder(RedisAccess.uri(server)).build();
    }

    @Override
    SessionService open() {
        return new VisitorsOnly(WebRedisSessionService.builder(options()).build(), KEYS);
    }
}
