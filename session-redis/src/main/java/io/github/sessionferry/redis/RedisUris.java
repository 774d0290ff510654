package io.github.sessionferry.redis;

import io.github.sessionferry.core.StoreUri;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.StaticCredentialsProvider;
import java.io.File;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an address says of the connection: {@code redis://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]…][/DB]} and its
 * parameters.
 */
final class RedisUris {

    /** The parameters that tell of the connection. */
    static final List<String> PARAMETERS =
            List.of("timeout", "cluster", "master", "ca", "password-env", "sentinel-password-env");

    private static final String SENTINEL = "-sentinel";
    private static final int SERVER_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final Pattern LOCATION = Pattern.compile("(?:(.*)@)?([^@/]*)(?:/(\\d{0,9}))?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

    private final StoreUri uri;
    private final Environment environment;

    /** Where variables come from. */
    interface Environment {
        @Nullable
        String variable(String name);
    }

    RedisUris(StoreUri uri, Environment environment) {
        this.uri = uri;
        this.environment = environment;
    }

    RedisOptions options() {
        Matcher location = LOCATION.matcher(uri.location());
        if (!location.matches()) {
            throw new IllegalArgumentException("the store's address names no server; write redis://HOST:PORT/DATABASE");
        }
        Optional<RedisCredentialsProvider> credentials = credentials(Optional.ofNullable(location.group(1)));
        List<RedisURI> hosts = hosts(location.group(2));
        String database = location.group(3);
        boolean sentinel = uri.scheme().endsWith(SENTINEL);
        RedisURI[] servers = sentinel ? new RedisURI[] {ofSentinels(hosts)} : hosts.toArray(RedisURI[]::new);
        for (RedisURI server : servers) {
            server.setSsl(uri.scheme().startsWith("rediss"));
            server.setDatabase(database == null || database.isEmpty() ? 0 : Integer.parseInt(database));
            credentials.ifPresent(server::setCredentialsProvider);
        }
        RedisOptions.Builder options = RedisOptions.builder(servers);
        if (uri.flag("cluster")) {
            options.cluster();
        }
        uri.parameter("ca").ifPresent(file -> options.sslOptions(trusting(file)));
        return options.timeout(uri.duration("timeout", RedisOptions.DEFAULT_TIMEOUT))
                .build();
    }

    private Optional<RedisCredentialsProvider> credentials(Optional<String> userInfo) {
        String[] parts = userInfo.orElse("").split(":", 2);
        String user = decoded(parts[0]);
        Optional<String> variable = uri.parameter("password-env").map(this::secret);
        if (parts.length == 2 && variable.isPresent()) {
            throw new IllegalArgumentException(
                    "the store's password is given twice: in the address and by password-env");
        }
        Optional<String> password =
                variable.or(() -> parts.length == 2 ? Optional.of(decoded(parts[1])) : Optional.empty());
        if (password.isEmpty() && !user.isEmpty()) {
            throw new IllegalArgumentException(
                    "the store's user has no password; write USER:PASSWORD@ or give password-env=VARIABLE");
        }
        return password.map(text -> new StaticCredentialsProvider(user.isEmpty() ? null : user, text.toCharArray()));
    }

    private String secret(String name) {
        String value = environment.variable(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + ", which is to hold the store's password, is not set");
        }
        return value;
    }

    private List<RedisURI> hosts(String list) {
        boolean sentinel = uri.scheme().endsWith(SENTINEL);
        List<RedisURI> hosts = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            Matcher host = HOST.matcher(item);
            if (!host.matches()) {
                throw new IllegalArgumentException(
                        "the store's address names no server; write " + uri.scheme() + "://HOST:PORT");
            }
            int port = host.group(2) == null ? sentinel ? SENTINEL_PORT : SERVER_PORT : Integer.parseInt(host.group(2));
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("the store's port is " + port + "; it must be 1 to 65535");
            }
            hosts.add(RedisURI.create(host.group(1), port));
        }
        return hosts;
    }

    private RedisURI ofSentinels(List<RedisURI> hosts) {
        String master = uri.parameter("master")
                .orElseThrow(() -> new IllegalArgumentException(
                        "the store's address does not tell which primary the Sentinels watch; add master=NAME"));
        RedisURI server = new RedisURI();
        server.setSentinelMasterId(master);
        Optional<String> password = uri.parameter("sentinel-password-env").map(this::secret);
        for (RedisURI host : hosts) {
            host.setSsl(uri.scheme().startsWith("rediss"));
            password.ifPresent(
                    text -> host.setCredentialsProvider(new StaticCredentialsProvider(null, text.toCharArray())));
            server.getSentinels().add(host);
        }
        return server;
    }

    private static SslOptions trusting(String path) {
        File file = new File(path);
        if (!file.canRead()) {
            throw new IllegalArgumentException("the store's parameter ca names no file that can be read");
        }
        return SslOptions.builder().jdkSslProvider().trustManager(file).build();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
