package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Function;

/** What another program sees and does. Thread-safe: static methods only. */
final class RedisAccess {

    private RedisAccess() {}

    static RedisURI uri(RedisServer server) {
        return RedisURI.create(RedisServer.HOST, server.port());
    }

    /** Runs commands on a connection of their own. */
    static <T> T run(RedisServer server, Function<RedisCommands<String, String>, T> commands) {
        return run(uri(server), commands);
    }

    /** Removes all that a server holds, without a client of its own, which would take far longer. */
    static void empty(RedisServer server) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes("+OK".length()), US_ASCII);
            if (!answer.equals("+OK")) {
                throw new IllegalStateException("the server was not emptied: " + answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T run(RedisURI uri, Function<RedisCommands<String, String>, T> commands) {
        RedisClient client = RedisClient.create(uri);
        try {
            return commands.apply(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }
}
