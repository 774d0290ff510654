package io.github.sessionferry.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one server, to a primary that Sentinel tells, or to a cluster, made at the first use and made anew
 * whenever it is lost.
 *
 * <p>A command is sent at most once: while there is no connection commands are rejected, and those that had no answer when
 * it was lost are cancelled instead of sent again. Thread-safe.
 */
final class RedisLink implements AutoCloseable {

    private static final RedisCodec<String, byte[]> CODEC = new TextAndBytes();
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(10);
    private static final Duration LAST_RECONNECT = Duration.ofMillis(500);
    private static final int LONGEST_CLOSING = 2;
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Supplier<CompletionStage<Connected>> connector;
    private @Nullable CompletableFuture<Connected> connection;

    private RedisLink(
            ClientResources resources, AbstractRedisClient client, Supplier<CompletionStage<Connected>> connector) {
        this.resources = resources;
        this.client = client;
        this.connector = connector;
    }

    /** Hands commands that come one behind the other to the operating system together. */
    private static final class FewFlushes implements NettyCustomizer {

        @Override
        public void afterChannelInitialized(Channel channel) {
            channel.pipeline()
                    .addFirst(new FlushConsolidationHandler(
                            FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
        }
    }

    /** A connection and its commands, of one server or of many. */
    private record Connected(
            StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {}

    static RedisLink to(RedisOptions options) {
        ClientResources resources = ClientResources.builder()
                .nettyCustomizer(new FewFlushes())
                .reconnectDelay(() -> Delay.exponential(FIRST_RECONNECT, LAST_RECONNECT, 2, TimeUnit.MILLISECONDS))
                .build();
        return options.isCluster() ? toCluster(options, resources) : toServer(options, resources);
    }

    private static RedisLink toServer(RedisOptions options, ClientResources resources) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(atMostOnce(ClientOptions.builder(), options).build());
        RedisURI server = options.servers().get(0);
        return new RedisLink(
                resources,
                client,
                () -> client.connectAsync(CODEC, server)
                        .thenApply(connection -> new Connected(connection, connection.async())));
    }

    private static RedisLink toCluster(RedisOptions options, ClientResources resources) {
        RedisClusterClient client = RedisClusterClient.create(resources, options.servers());
        ClusterClientOptions.Builder clusterOptions = ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .build());
        atMostOnce(clusterOptions, options);
        client.setOptions(clusterOptions.build());
        return new RedisLink(
                resources,
                client,
                () -> client.refreshPartitionsAsync()
                        .thenCompose(found -> client.connectAsync(CODEC))
                        .thenApply(connection -> new Connected(connection, connection.async())));
    }

    private static ClientOptions.Builder atMostOnce(ClientOptions.Builder builder, RedisOptions options) {
        return builder.autoReconnect(true)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .sslOptions(options.sslOptions())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.timeout())
                        .keepAlive(true)
                        .build());
    }

    /** The commands, as soon as there was a connection once; a first connection that fails is tried anew by the next call,
     * and at once if the reason was lost. */
    synchronized CompletableFuture<RedisClusterAsyncCommands<String, byte[]>> commands() {
        if (connection == null || connection.isCompletedExceptionally()) {
            connection = connector
                    .get()
                    .toCompletableFuture()
                    .exceptionallyCompose(failure -> RedisErrors.isReasonLost(failure)
                            ? connector.get()
                            : CompletableFuture.failedFuture(failure));
        }
        return connection.thenApply(Connected::commands);
    }

    private boolean isConnected() {
        return connection != null && connection.isDone() && !connection.isCompletedExceptionally();
    }

    @Override
    public synchronized void close() {
        if (connection != null && isConnected()) {
            connection
                    .join()
                    .connection()
                    .closeAsync()
                    .orTimeout(LONGEST_CLOSING, TimeUnit.SECONDS)
                    .exceptionally(e -> null)
                    .join();
        }
        client.shutdown(Duration.ZERO, Duration.ofSeconds(LONGEST_CLOSING));
        resources
                .shutdown(0, LONGEST_CLOSING, TimeUnit.SECONDS)
                .awaitUninterruptibly(LONGEST_CLOSING, TimeUnit.SECONDS);
    }
}
