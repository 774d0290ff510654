package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server on a free loopback port: the executable that the system property {@code redis.server} names, or the
 * embedded one. Not thread-safe.
 */
final class RedisProcess implements AutoCloseable {

    static final String HOST = "127.0.0.1";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final List<String> arguments;
    private Process process;

    /**
     * Begins.
     *
     * @param arguments what follows the executable
     */
    private RedisProcess(Path folder, int port, List<String> arguments) {
        this.folder = folder;
        this.port = port;
        this.arguments = arguments;
        process = launch();
    }

    /** Starts a server whose files are in a folder of its own, and waits until it answers. */
    static RedisProcess start(String... arguments) {
        Path folder = newFolder();
        int port = freePort();
        List<String> all =
                new ArrayList<>(List.of("--port", "" + port, "--bind", HOST, "--dir", folder.toString(), "--save", ""));
        all.addAll(Arrays.asList(arguments));
        return new RedisProcess(folder, port, all);
    }

    /** Starts a server that keeps every acknowledged write. */
    static RedisProcess startDurable(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        all.addAll(Arrays.asList(arguments));
        return start(all.toArray(String[]::new));
    }

    /** Starts a Sentinel that watches a primary by the name {@code main}. */
    static RedisProcess startSentinel(RedisProcess primary) {
        Path folder = newFolder();
        int port = freePort();
        Path configuration = folder.resolve("sentinel.conf");
        try {
            Files.writeString(
                    configuration,
                    String.join(
                            "\n",
                            "port " + port,
                            "bind " + HOST,
                            "dir " + folder,
                            "sentinel monitor main " + HOST + " " + primary.port() + " 1",
                            "sentinel down-after-milliseconds main 500",
                            "sentinel failover-timeout main 5000",
                            ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RedisProcess(folder, port, List.of(configuration.toString(), "--sentinel"));
    }

    int port() {
        return port;
    }

    RedisURI uri() {
        return RedisURI.create(HOST, port);
    }

    /** Ends the process at once, as a crash does. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts the process again on the same port, with the same files, and waits until it answers. */
    void restart() {
        kill();
        process = launch();
    }

    /** Runs commands on a connection of their own. */
    <T> T run(Function<RedisCommands<String, String>, T> commands) {
        return run(uri(), commands);
    }

    static <T> T run(RedisURI uri, Function<RedisCommands<String, String>, T> commands) {
        RedisClient client = RedisClient.create(uri);
        try {
            return commands.apply(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() {
        try {
            List<String> command = new ArrayList<>(List.of(executable()));
            command.addAll(arguments);
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("server.log").toFile()))
                    .start();
            awaitAnswer(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitAnswer(Process started) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (!started.isAlive()) {
                break;
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
                String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
                if (answer != null && !answer.startsWith("-LOADING")) {
                    return;
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException(
                "redis-server did not start:\n" + Files.readString(folder.resolve("server.log")));
    }

    private static String executable() throws IOException {
        String given = System.getProperty("redis.server");
        return given == null || given.isEmpty() ? Embedded.EXECUTABLE.toString() : given;
    }

    /** The embedded executable, unpacked once. */
    private static final class Embedded {

        static final Path EXECUTABLE = unpack();

        private static Path unpack() {
            try {
                Path folder = newFolder();
                Path unpacked = ExecutableProvider.newJarResourceProvider(folder.toFile())
                        .get()
                        .toPath();
                unpacked.toFile().deleteOnExit();
                folder.toFile().deleteOnExit();
                return unpacked;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("session-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A free port whose cluster bus, 10,000 higher, is free as well. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
            if (isFree(port) && isFree(port + 10_000)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
