package io.github.sessionferry.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Commands as processes of their own. */
final class ChildJvm {

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    /** What lets root read what it may not. */
    private static final String PRIVILEGES = "-dac_override,-dac_read_search";

    private ChildJvm() {}

    static Process start(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    /** Starts a command in a JVM with options. */
    static Process start(List<String> options, String... arguments) throws IOException {
        return new ProcessBuilder(command(options, arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Runs a command to its end. */
    static Run run(String... arguments) throws IOException, InterruptedException {
        return run(command(List.of(), arguments));
    }

    /** Runs a command that can make no file longer than some blocks of 512 bytes, to its end. */
    static Run runWithSmallFiles(int blocks, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"));
        command.addAll(command(List.of("-XX:-UsePerfData"), arguments));
        return run(command);
    }

    /** Runs a command for which the permissions of files count, also if the user is root, to its end. */
    static Run runAsOrdinaryUser(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            assumeTrue(Files.isExecutable(SETPRIV), "root may read everything, and there is no " + SETPRIV);
            command.addAll(List.of(SETPRIV.toString(), "--bounding-set", PRIVILEGES, "--inh-caps", PRIVILEGES));
        }
        command.addAll(command(List.of("-XX:-UsePerfData"), arguments));
        return run(command);
    }

    private static Run run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
        String out = read(process.getInputStream());
        return new Run(process.waitFor(), out, err.join());
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
