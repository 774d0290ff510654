package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The engine alone: from memory to memory, so that no store's speed counts. */
final class MemoryMeasurement implements Measurement {

    private static final int SESSIONS = 100_000;
    private static final int EVENTS = 10;
    private static final int WARM_UPS = 2;
    private static final int RUNS = 5;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void run(Figures figures) throws Exception {
        InMemorySessionService source = InMemorySessionService.create();
        ConversationGenerator.builder().sessions(SESSIONS).eventsPerSession(EVENTS).build().stream()
                .forEach(session -> source.store(session, Precondition.none()));
        add(figures, source, "no journal", Optional.empty());
        Path folder = Files.createTempDirectory("session-benchmarks");
        add(figures, source, "journal on", Optional.of(folder.resolve("journal.jsonl")));
    }

    private static void add(Figures figures, InMemorySessionService source, String how, Optional<Path> journal)
            throws Exception {
        double[] perSecond = new double[WARM_UPS + RUNS];
        for (int i = 0; i < perSecond.length; i++) {
            perSecond[i] = migrate(source, journal);
        }
        Arrays.sort(perSecond, WARM_UPS, perSecond.length);
        double median = perSecond[WARM_UPS + RUNS / 2];
        figures.add(
                "engine in memory, " + how,
                String.format(Locale.ROOT, "%,d sessions of %d events, median of %d runs", SESSIONS, EVENTS, RUNS),
                "%,.0f sessions/s, %,.0f events/s (from %,.0f to %,.0f sessions/s)",
                median,
                median * EVENTS,
                perSecond[WARM_UPS],
                perSecond[perSecond.length - 1]);
    }

    private static double migrate(InMemorySessionService source, Optional<Path> journal) throws Exception {
        try (InMemorySessionService target = InMemorySessionService.create()) {
            Migrator.Builder migrator = Migrator.builder(source, target);
            journal.ifPresent(migrator::journal);
            long begin = System.nanoTime();
            MigrationReport report = migrator.build().run();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (report.counts().created() != SESSIONS) {
                throw new IllegalStateException("not all sessions were migrated: " + report.counts());
            }
            if (journal.isPresent()) {
                Files.delete(journal.get());
            }
            return SESSIONS / seconds;
        }
    }
}
