package io.github.sessionferry.redis;

import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three real servers that form a cluster. Not thread-safe. */
final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = nodes;
    }

    static RedisCluster start() {
        RedisCluster cluster = new RedisCluster(Stream.generate(
                        () -> RedisServer.startDurable("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))
                .limit(3)
                .toList());
        cluster.join();
        return cluster;
    }

    private void join() {
        int share = share();
        for (int i = 0; i < nodes.size(); i++) {
            int[] slots =
                    IntStream.range(i * share, Math.min(SLOTS, (i + 1) * share)).toArray();
            RedisAccess.run(nodes.get(i), commands -> commands.clusterAddSlots(slots));
        }
        for (RedisServer node : nodes.subList(1, nodes.size())) {
            RedisAccess.run(nodes.get(0), commands -> commands.clusterMeet(RedisServer.HOST, node.port()));
        }
        awaitReady();
    }

    /** Waits until every server sees all others, and all slots are served. */
    void awaitReady() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!nodes.stream().allMatch(this::isReady)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the servers formed no cluster");
            }
            Thread.onSpinWait();
        }
    }

    private boolean isReady(RedisServer node) {
        String info = RedisAccess.run(node, commands -> commands.clusterInfo());
        String known = RedisAccess.run(node, commands -> commands.clusterNodes());
        return info.contains("cluster_state:ok")
                && known.lines().filter(line -> line.contains(" connected ")).count() == nodes.size();
    }

    /** The server that was given the slot of a key in the beginning. */
    RedisServer nodeOf(String key) {
        return nodes.get(SlotHash.getSlot(key) / share());
    }

    private int share() {
        return SLOTS / nodes.size() + 1;
    }

    List<RedisServer> nodes() {
        return nodes;
    }

    RedisOptions options() {
        return builder().build();
    }

    RedisOptions options(Duration timeout) {
        return builder().timeout(timeout).build();
    }

    private RedisOptions.Builder builder() {
        return RedisOptions.builder(nodes.stream().map(RedisAccess::uri).toArray(RedisURI[]::new));
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}
