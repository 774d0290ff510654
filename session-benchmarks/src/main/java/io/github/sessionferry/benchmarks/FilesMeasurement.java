package io.github.sessionferry.benchmarks;

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
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            String from = "file:" + folder.path().resolve("from") + "?create=true";
            String to = "file:" + folder.path().resolve("to") + "?create=true";
            add(figures, "generate", "--to", from, "--sessions", "" + SESSIONS, "--events", "" + EVENTS);
            add(figures, "migrate", "--from", from, "--to", to);
            add(figures, "validate", "--from", from, "--to", to);
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
}
