package io.github.sessionferry.testkit.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.File;
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
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server on a free port of 127.0.0.1, with its files in a temporary folder of its own, that can be killed and
 * started again.
 *
 * <p>Its executable is the one that the system property {@value #EXECUTABLE_PROPERTY} names; else that of {@code
 * com.github.codemonstur:embedded-redis} if that is on the class path; else {@code redis-server} on the {@code PATH}. The
 * server ends with this JVM at the latest.
 *
 * <p>Not thread-safe.
 *
 * @since 0.1
 */
public final class RedisServer implements AutoCloseable {

    /** The system property that names the executable. */
    public static final String EXECUTABLE_PROPERTY = "redis.server";

    /** The address that every server listens on. */
    public static final String HOST = "127.0.0.1";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final List<String> arguments;
    private Process process;

    private RedisServer(Path folder, int port, List<String> arguments) {
        this.folder = folder;
        this.port = port;
        this.arguments = arguments;
        process = launch();
    }

    /**
     * Starts a server that keeps nothing when it ends, and waits until it answers.
     *
     * @param arguments more of what follows the executable, such as {@code --requirepass} and a password
     * @return the server; the caller's to close
     * @throws IllegalStateException if there is no executable, or it does not begin to answer
     * @since 0.1
     */
    public static RedisServer start(String... arguments) {
        Path folder = newFolder();
        int port = freePort();
        List<String> all =
                new ArrayList<>(List.of("--port", "" + port, "--bind", HOST, "--dir", folder.toString(), "--save", ""));
        all.addAll(Arrays.asList(arguments));
        return started(folder, port, all);
    }

    /**
     * Starts a server that keeps every acknowledged write: an append-only file, forced at each write.
     *
     * @param arguments more of what follows the executable
     * @return the server; the caller's to close
     * @throws IllegalStateException if there is no executable, or it does not begin to answer
     * @since 0.1
     */
    public static RedisServer startDurable(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        all.addAll(Arrays.asList(arguments));
        return start(all.toArray(String[]::new));
    }

    /**
     * Starts a Sentinel that watches a primary by the name {@code main}, alone.
     *
     * @param primary the server to watch
     * @return the Sentinel; the caller's to close
     * @throws IllegalStateException if there is no executable, or it does not begin to answer
     * @since 0.1
     */
    public static RedisServer startSentinel(RedisServer primary) {
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
        return started(folder, port, List.of(configuration.toString(), "--sentinel"));
    }

    private static RedisServer started(Path folder, int port, List<String> arguments) {
        RedisServer server = new RedisServer(folder, port, arguments);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.process.destroyForcibly(), "redis-server-stop"));
        return server;
    }

    /**
     * The port on {@link #HOST}.
     *
     * @return the same one after a restart
     * @since 0.1
     */
    public int port() {
        return port;
    }

    /**
     * The address of database 0.
     *
     * @return such as {@code redis://127.0.0.1:16379/0}
     * @since 0.1
     */
    public String address() {
        return "redis://" + HOST + ":" + port + "/0";
    }

    /**
     * Ends the process at once, as a crash does, and waits until it is gone.
     *
     * @since 0.1
     */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server was killed and is still there");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while redis-server ended", e);
        }
    }

    /**
     * Kills the process, starts it again on the same port with the same files, and waits until it answers.
     *
     * @throws IllegalStateException if it does not begin to answer
     * @since 0.1
     */
    public void restart() {
        kill();
        process = launch();
    }

    /** Kills the server and removes its files. */
    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
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
        started.destroyForcibly();
        throw new IllegalStateException(
                "redis-server did not start:\n" + Files.readString(folder.resolve("server.log")));
    }

    private static String executable() {
        String given = System.getProperty(EXECUTABLE_PROPERTY, "");
        return given.isEmpty() ? Unpacked.EXECUTABLE.or(RedisServer::onPath).orElseThrow(RedisServer::none) : given;
    }

    private static Optional<String> onPath() {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .map(entry -> Path.of(entry, "redis-server"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static IllegalStateException none() {
        return new IllegalStateException("no Redis: install redis-server, or name its executable by -D"
                + EXECUTABLE_PROPERTY + "=FILE, or have com.github.codemonstur:embedded-redis on the class path");
    }

    /** The embedded executable, unpacked once; empty if the library is not there. */
    private static final class Unpacked {

        static final Optional<String> EXECUTABLE = unpack();

        private static Optional<String> unpack() {
            try {
                Path folder = newFolder();
                folder.toFile().deleteOnExit();
                File unpacked = ExecutableProvider.newJarResourceProvider(folder.toFile())
                        .get();
                unpacked.deleteOnExit();
                return Optional.of(unpacked.toString());
            } catch (NoClassDefFoundError e) {
                return Optional.empty();
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

    @Override
    public String toString() {
        return "RedisServer[" + address() + "]";
    }
}
