package io.github.sessionferry.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where Redis is, and how it is spoken to: one server, a primary that Sentinel tells, or a cluster.
 *
 * <p>Immutable. {@link #toString()} shows no credentials.
 *
 * @since 0.1
 */
public final class RedisOptions {

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final List<RedisURI> servers;
    private final boolean cluster;
    private final SslOptions sslOptions;
    private final Duration timeout;

    private RedisOptions(Builder builder) {
        servers = builder.servers;
        cluster = builder.cluster || servers.size() > 1;
        sslOptions = builder.sslOptions;
        timeout = builder.timeout;
        servers.forEach(server -> server.setTimeout(timeout));
    }

    /**
     * Starts options.
     *
     * @param servers one server, one address of Sentinels, or servers of one cluster; host, port, database, credentials and
     *     TLS count, everything else of the addresses is set by the service
     * @return a builder with a timeout of 5 seconds
     * @throws IllegalArgumentException if there is none
     */
    public static Builder builder(RedisURI... servers) {
        return new Builder(List.of(servers));
    }

    List<RedisURI> servers() {
        return servers;
    }

    boolean isCluster() {
        return cluster;
    }

    SslOptions sslOptions() {
        return sslOptions;
    }

    Duration timeout() {
        return timeout;
    }

    /** The servers without credentials, such as {@code redis:localhost:6379/0}. */
    String name() {
        RedisURI first = servers.get(0);
        String hosts = servers.stream()
                .flatMap(server -> server.getSentinels().isEmpty() ? Stream.of(server) : server.getSentinels().stream())
                .map(server -> server.getHost() + ":" + server.getPort())
                .collect(Collectors.joining(","));
        String where = cluster
                ? ""
                : first.getSentinels().isEmpty()
                        ? "/" + first.getDatabase()
                        : "/" + first.getSentinelMasterId() + "/" + first.getDatabase();
        return "redis:" + hosts + where;
    }

    @Override
    public String toString() {
        return "RedisOptions[" + name() + "]";
    }

    /**
     * Builds options. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final List<RedisURI> servers;
        private boolean cluster;
        private SslOptions sslOptions = SslOptions.create();
        private Duration timeout = DEFAULT_TIMEOUT;

        private Builder(List<RedisURI> servers) {
            if (servers.isEmpty()) {
                throw new IllegalArgumentException("no server is given");
            }
            this.servers = servers;
        }

        /**
         * Says that the server belongs to a cluster; several servers always do.
         *
         * @return this builder
         */
        public Builder cluster() {
            cluster = true;
            return this;
        }

        /**
         * Sets whom to trust, and as whom to appear, where an address asks for TLS.
         *
         * @param sslOptions the options; the trust of the JVM by default
         * @return this builder
         */
        public Builder sslOptions(SslOptions sslOptions) {
            this.sslOptions = requireNonNull(sslOptions, "sslOptions");
            return this;
        }

        /**
         * Sets how long a call may take. Meanwhile calls wait for a server that was there and is away, as one that
         * restarts. A change may take twice that, so that the outcome of one that got no answer is looked up.
         *
         * @param timeout more than zero; 5 seconds by default
         * @return this builder
         * @throws IllegalArgumentException if it is not more than zero
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout is " + timeout + "; it must be more than zero");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         */
        public RedisOptions build() {
            return new RedisOptions(this);
        }
    }
}
