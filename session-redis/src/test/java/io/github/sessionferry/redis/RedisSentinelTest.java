package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedisSentinelTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "s1");

    @Test
    void append_primaryDies_goesToThePromotedReplica() {
        try (RedisServer primary = RedisServer.start();
                RedisServer replica = RedisServer.start("--replicaof", RedisServer.HOST, "" + primary.port());
                RedisServer sentinel = RedisServer.startSentinel(primary);
                SessionService service = SessionStores.open(
                        "redis-sentinel://" + RedisServer.HOST + ":" + sentinel.port() + "?master=main&timeout=30s")) {
            service.create(NewSession.builder(KEY).state(Map.of("k", 1L)).build());
            awaitReplica(primary, sentinel);

            primary.kill();
            service.append(KEY, TestEvents.changing("e1", 1, Map.of("k", 2L)));

            assertThat(service.find(KEY, EventSelection.all()).orElseThrow().state())
                    .isEqualTo(Map.of("k", 2L));
            String role = RedisAccess.run(replica, commands -> commands.info("replication"));
            assertThat(role).contains("role:master");
        }
    }

    private static void awaitReplica(RedisServer primary, RedisServer sentinel) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        boolean known = false;
        while (!known && System.nanoTime() < deadline) {
            String state = RedisAccess.run(sentinel, commands -> commands.info("sentinel"));
            known = state.contains("slaves=1")
                    && RedisAccess.run(primary, commands -> {
                                commands.set("last", "write");
                                return commands.waitForReplication(1, 5_000);
                            })
                            == 1;
        }
        assertThat(known).isTrue();
    }
}
