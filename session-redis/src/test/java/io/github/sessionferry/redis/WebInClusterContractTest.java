package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.VisitorsOnly;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract in a cluster, with every session in the categories of the application. */
class WebInClusterContractTest extends WebContract {

    private static final Map<String, SessionKey> KEYS = new ConcurrentHashMap<>();

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Otherwise each listing by a user, of which the store knows none, would read what all tests before have left. */
    @BeforeEach
    void empty() {
        cluster.nodes().forEach(RedisAccess::empty);
    }

    @Override
    RedisOptions options() {
        return cluster.options();
    }

    @Override
    SessionService open() {
        return new VisitorsOnly(WebRedisSessionService.builder(options()).build(), KEYS);
    }
}
