package io.github.sessionferry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** From files to files with the commands as a user has them, in a small heap. */
final class FilesMeasurement implements Measurement {

    private static final String COMMAND = "io.github.sessionferry.cli.Main";
    private static final List<String> SMALL_HEAP = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
    private static final int SESSIONS = 200_000;
    private static final int EVENTS = 2;

    @Override
    public String name() {
        return "files";
    }

    @Override
    public void run(Figures figures) throws Exception {
        Path folder = Files.createTempDirectory("session-benchmarks");
        String from = "file:" + folder.resolve("from") + "?create=true";
        String to = "file:" + folder.resolve("to") + "?create=true";
        try {
            add(figures, "generate", "--to", from, "--sessions", "" + SESSIONS, "--events", "" + EVENTS);
            add(figures, "migrate", "--from", from, "--to", to);
            add(figures, "validate", "--from", from, "--to", to);
        } finally {
            delete(folder);
        }
    }

    private static void add(Figures figures, String command, String... options) throws Exception {
        String[] arguments =
                Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new);
        long begin = System.nanoTime();
        try (OtherJvm jvm = OtherJvm.start(COMMAND, SMALL_HEAP, arguments)) {
            jvm.awaitSuccess();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        figures.add(
                command + ", files",
                String.format(Locale.ROOT, "%,d sessions of %d events, -Xmx64m", SESSIONS, EVENTS),
                "%,.0f s, %,.0f sessions/s",
                seconds,
                SESSIONS / seconds);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
