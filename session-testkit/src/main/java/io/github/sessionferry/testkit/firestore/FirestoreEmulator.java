package io.github.sessionferry.testkit.firestore;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Google's own Firestore emulator, used if it is running, started if it is installed.
 *
 * <p>It is found by the environment: {@code FIRESTORE_EMULATOR_HOST} ({@code host:port}) names one that is running,
 * {@code FIRESTORE_EMULATOR_JAR} the JAR of one to start; else the JAR of the Debian package {@code
 * google-cloud-cli-firestore-emulator} is started if that is installed. A started emulator listens on a free port of
 * 127.0.0.1, writes its log to {@code firestore-emulator-PORT.log} in the build's directory {@code target}, and ends with
 * this JVM.
 *
 * <p>Tests that share one keep apart by a random project id each. Thread-safe.
 *
 * @since 0.1
 */
public final class FirestoreEmulator implements AutoCloseable {
    private static final String HOST_VARIABLE = "FIRESTORE_EMULATOR_HOST";
    private static final String JAR_VARIABLE = "FIRESTORE_EMULATOR_JAR";
    private static final Duration WIPE_DEADLINE = Duration.ofSeconds(30);

    private static @Nullable FirestoreEmulator shared;

    private final String endpoint;
    private final @Nullable EmulatorProcess process;

    private FirestoreEmulator(String endpoint, @Nullable EmulatorProcess process) {
        this.endpoint = endpoint;
        this.process = process;
    }

    /**
     * Finds the emulator that everything in this JVM shares; the first call starts it if need be, which takes seconds.
     *
     * @return the running emulator, or empty if there is none and none can be started on this machine; do not close it
     * @throws IllegalStateException if there is none although the environment says {@code CI=true}, if what a variable
     *     names does not exist, or if the emulator does not become ready
     * @since 0.1
     */
    public static synchronized Optional<FirestoreEmulator> findShared() {
        if (shared == null) {
            shared = find(System.getenv()).orElse(null);
        }
        return Optional.ofNullable(shared);
    }

    /**
     * Says what to do about a missing emulator: the reason with which tests are skipped.
     *
     * @return one sentence
     * @since 0.1
     */
    public static String absenceReason() {
        return "no Firestore emulator: set " + HOST_VARIABLE + " to one that runs, or " + JAR_VARIABLE
                + " to its JAR, or install the Debian package google-cloud-cli-firestore-emulator";
    }

    private static Optional<FirestoreEmulator> find(Map<String, String> environment) {
        Predicate<String> given = name -> !environment.getOrDefault(name, "").isBlank();
        if (given.test(HOST_VARIABLE)) {
            return Optional.of(new FirestoreEmulator(requireNonNull(environment.get(HOST_VARIABLE)), null));
        }
        if (given.test(JAR_VARIABLE)) {
            return Optional.of(start(Path.of(requireNonNull(environment.get(JAR_VARIABLE)))));
        }
        Optional<FirestoreEmulator> installed =
                EmulatorProcess.jarOfDebianPackage().map(FirestoreEmulator::start);
        if (installed.isEmpty() && "true".equals(environment.get("CI"))) {
            throw new IllegalStateException(absenceReason());
        }
        return installed;
    }

    /**
     * Starts an emulator of the caller's own.
     *
     * @param jar the emulator's JAR
     * @return the emulator, ready for calls; close it
     * @throws IllegalStateException if the file does not exist or the emulator does not become ready; not retryable
     * @since 0.1
     */
    public static FirestoreEmulator start(Path jar) {
        int port = freePort();
        return new FirestoreEmulator("127.0.0.1:" + port, EmulatorProcess.start(requireNonNull(jar, "jar"), port));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback interface", e);
        }
    }

    /**
     * Returns the address that clients dial, in plaintext: the value for {@code setEmulatorHost}.
     *
     * @return host and port
     * @since 0.1
     */
    public String endpoint() {
        return endpoint;
    }

    /**
     * Deletes every document of one database.
     *
     * @param project the project's id
     * @param database the database's id, as {@code (default)}
     * @throws IllegalStateException if the emulator does not confirm it within 30 seconds; retryable
     * @since 0.1
     */
    public void wipe(String project, String database) {
        URI documents = URI.create("http://" + endpoint + "/emulator/v1/projects/" + encoded(project) + "/databases/"
                + encoded(database) + "/documents");
        HttpRequest request = HttpRequest.newBuilder(documents)
                .timeout(WIPE_DEADLINE)
                .DELETE()
                .build();
        try {
            int status = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status != 200) {
                throw new IllegalStateException("the emulator answered " + status + " to the wipe of a database");
            }
        } catch (IOException e) {
            throw new IllegalStateException("the emulator did not answer the wipe of a database", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a database was wiped", e);
        }
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8);
    }

    /**
     * Stops the emulator if this object started it. Closing again does nothing.
     *
     * @since 0.1
     */
    @Override
    public void close() {
        if (process != null) {
            process.stop();
        }
    }
}
