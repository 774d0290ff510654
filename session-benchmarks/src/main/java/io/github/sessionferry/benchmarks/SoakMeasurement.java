package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedSessionService;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Users go on writing while the stage goes from the source alone to the target alone and back, with failing calls: what is
 * lost or doubled, and how long callers wait in each stage beside those of a store alone.
 *
 * <p>{@code soak.seconds} and {@code soak.users} set for how long and for how many; 60 and 50 if not set.
 */
final class SoakMeasurement implements Measurement {

    @Override
    public String name() {
        return "soak";
    }

    /** What fails on purpose is counted, not logged. */
    private static void logOnlyErrors() {
        System.setProperty("org.slf4j.simpleLogger.log." + StagedSessionService.class.getName(), "error");
    }

    @Override
    public void run(Figures figures) throws InterruptedException {
        logOnlyErrors();
        Duration time = Duration.ofSeconds(Integer.getInteger("soak.seconds", 60));
        int users = Integer.getInteger("soak.users", 50);
        SoakResult result = new Soak(users, time).run();
        String load = users + " users, " + time.toSeconds() + " s, 5 % of calls fail";
        figures.add(
                "soak",
                load,
                "%,d operations, %,d failed tries, %,d retries; %,d events acknowledged: %s",
                result.operations(),
                result.errors(),
                result.retries(),
                result.audit().allAcknowledged(),
                result.audit());
        List<String> phases = Stream.concat(Arrays.stream(Stage.values()).map(Stage::name), Stream.of(Soak.MOVING))
                .toList();
        for (String phase : phases) {
            add(figures, load, "soak, reads in " + phase, result.reads(phase), result.plainReads(phase));
            add(figures, load, "soak, appends in " + phase, result.appends(phase), result.plainAppends(phase));
        }
        result.audit().requireIntact();
    }

    private static void add(Figures figures, String load, String what, double staged, double plain) {
        figures.add(
                what,
                load,
                "P95 %.2f ms, of the source alone at the same time %.2f ms: %.2f ×",
                staged,
                plain,
                staged / plain);
    }
}
