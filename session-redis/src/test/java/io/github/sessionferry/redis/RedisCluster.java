package io.github.sessionferry.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three real servers that form a cluster. Not thread-safe. */
final class RedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<RedisProcess> nodes;

    private RedisCluster(List<RedisProcess> nodes) {
        this.nodes = nodes;
    }

    static RedisCluster start() {
        RedisCluster cluster = new RedisCluster(Stream.generate(
                        () -> RedisProcess.startDurable("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))
                .limit(3)
                .toList());
        cluster.join();
        return cluster;
    }

    private void join() {
        int share = SLOTS / nodes.size() + 1;
        for (int i = 0; i < nodes.size(); i++) {
            int[] slots =
                    IntStream.range(i * share, Math.min(SLOTS, (i + 1) * share)).toArray();
            nodes.get(i).run(commands -> commands.clusterAddSlots(slots));
        }
        for (RedisProcess node : nodes.subList(1, nodes.size())) {
            nodes.get(0).run(commands -> commands.clusterMeet(RedisProcess.HOST, node.port()));
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!nodes.stream().allMatch(this::isReady)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the servers formed no cluster");
            }
            Thread.onSpinWait();
        }
    }

    private boolean isReady(RedisProcess node) {
        String info = node.run(commands -> commands.clusterInfo());
        String known = node.run(commands -> commands.clusterNodes());
        return info.contains("cluster_state:ok")
                && known.lines().filter(line -> line.contains("connected")).count() == nodes.size();
    }

    List<RedisProcess> nodes() {
        return nodes;
    }

    RedisOptions options() {
        return RedisOptions.builder(nodes.stream().map(RedisProcess::uri).toArray(RedisURI[]::new))
                .build();
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
