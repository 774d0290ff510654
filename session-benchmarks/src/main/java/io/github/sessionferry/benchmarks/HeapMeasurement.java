package io.github.sessionferry.benchmarks;

import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.Validator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What the engine keeps in memory while it moves and compares more and more sessions, none of which a store keeps. */
final class HeapMeasurement implements Measurement {

    private static final List<Integer> SESSIONS = List.of(10_000, 100_000, 1_000_000);

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void run(Figures figures) throws IOException {
        for (String what : List.of("migrate", "validate")) {
            for (int sessions : SESSIONS) {
                try (OtherJvm jvm = OtherJvm.start(
                        HeapMeasurement.class, List.of("-Xmx64m", "-XX:+UseSerialGC"), what, "" + sessions)) {
                    figures.add(
                            what + ", peak heap after a collection",
                            String.format(Locale.ROOT, "%,d generated sessions, -Xmx64m", sessions),
                            "%s",
                            jvm.answer());
                }
            }
        }
    }

    /** Runs in a JVM of its own: {@code migrate|validate SESSIONS}. */
    public static void main(String[] args) throws Exception {
        long sessions = Long.parseLong(args[1]);
        GeneratedStore source = GeneratedStore.of("generated:source", sessions);
        Watch watch = Watch.start();
        long begin = System.nanoTime();
        if (args[0].equals("migrate")) {
            Path folder = Files.createTempDirectory("session-benchmarks");
            Path journal = folder.resolve("journal.jsonl");
            requireAll(
                    sessions,
                    Migrator.builder(source, GeneratedStore.forgetful("generated:target"))
                            .journal(journal)
                            .build()
                            .run()
                            .counts()
                            .created());
            Files.deleteIfExists(journal);
            Files.deleteIfExists(folder);
        } else {
            requireAll(
                    sessions,
                    Validator.builder(source, GeneratedStore.of("generated:target", sessions))
                            .build()
                            .run()
                            .counts()
                            .matched());
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.println(
                String.format(Locale.ROOT, "%.1f MiB, %,.0f sessions/s", watch.peakMebibytes(), sessions / seconds));
    }

    private static void requireAll(long expected, long done) {
        if (done != expected) {
            throw new IllegalStateException("done: " + done + " of " + expected);
        }
    }

    /** Collects again and again, and remembers the most that was left. */
    private static final class Watch {

        private static final Duration BETWEEN = Duration.ofMillis(500);

        private final AtomicLong peak = new AtomicLong();

        static Watch start() {
            Watch watch = new Watch();
            Thread thread = new Thread(watch::run, "heap-watch");
            thread.setDaemon(true);
            thread.start();
            return watch;
        }

        private void run() {
            try {
                while (true) {
                    look();
                    Thread.sleep(BETWEEN.toMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void look() {
            System.gc();
            peak.accumulateAndGet(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
        }

        double peakMebibytes() {
            look();
            return peak.get() / (double) (1 << 20);
        }
    }
}
