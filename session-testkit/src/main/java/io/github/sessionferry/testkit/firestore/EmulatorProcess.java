package io.github.sessionferry.testkit.firestore;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A child JVM that runs the emulator. Thread-safe. */
final class EmulatorProcess {
    private static final String MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore";
    private static final String READY_LINE = "Dev App Server is now running";
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(5);
    private static final Path PACKAGE_FILES = Path.of("/var/lib/dpkg/info/google-cloud-cli-firestore-emulator.list");

    private final Process process;

    private EmulatorProcess(Process process) {
        this.process = process;
    }

    /** The JAR of the Debian package, if that is installed. */
    static Optional<Path> jarOfDebianPackage() {
        if (!Files.isReadable(PACKAGE_FILES)) {
            return Optional.empty();
        }
        try (Stream<String> files = Files.lines(PACKAGE_FILES)) {
            return files.filter(file -> file.endsWith("emulator.jar"))
                    .map(Path::of)
                    .filter(Files::isRegularFile)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + PACKAGE_FILES, e);
        }
    }

    /** Starts the emulator and waits until it takes calls. */
    static EmulatorProcess start(Path jar, int port) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("no Firestore emulator at " + jar + ": name its JAR");
        }
        Path log = logFile(port);
        EmulatorProcess started = new EmulatorProcess(launch(jar, port));
        Runtime.getRuntime().addShutdownHook(new Thread(started::stop, "firestore-emulator-stop"));
        started.awaitReady(log);
        return started;
    }

    private static Path logFile(int port) {
        try {
            return Files.createDirectories(Path.of("target")).resolve("firestore-emulator-" + port + ".log");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the directory of the emulator's log", e);
        }
    }

    private static Process launch(Path jar, int port) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx512m",
                "-Duser.language=en",
                "-cp",
                jar.toString(),
                MAIN_CLASS,
                "--host=127.0.0.1",
                "--port=" + port);
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IllegalStateException("cannot start " + java + " for the Firestore emulator", e);
        }
    }

    private void awaitReady(Path log) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread copier = new Thread(() -> copyOutput(log, ready), "firestore-emulator-log");
        copier.setDaemon(true);
        copier.start();
        try {
            ready.get(START_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            throw new IllegalStateException("interrupted while the Firestore emulator started", e);
        } catch (ExecutionException | TimeoutException e) {
            stop();
            throw new IllegalStateException(
                    "the Firestore emulator was not ready within " + START_DEADLINE.toSeconds() + " s; see "
                            + log.toAbsolutePath(),
                    e);
        }
    }

    private void copyOutput(Path log, CompletableFuture<Void> ready) {
        try (BufferedReader output = process.inputReader();
                BufferedWriter copy = Files.newBufferedWriter(log)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.write(line);
                copy.newLine();
                copy.flush();
                if (line.contains(READY_LINE)) {
                    ready.complete(null);
                }
            }
            ready.completeExceptionally(new IOException("the emulator ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
