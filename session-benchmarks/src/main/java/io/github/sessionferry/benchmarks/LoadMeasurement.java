package io.github.sessionferry.benchmarks;

import io.github.sessionferry.migration.live.StagedSessionService;
import java.io.IOException;
import java.util.List;

/**
 * Users of a web application while its sessions move from files to a real Redis that is killed again and again: how many
 * operations are made in a second, how long they take, how many fail, and what is lost.
 *
 * <p>{@code load.users} is how many, 50, 200 and 500 in turn if not set; {@code load.operations} how many operations they make
 * in each stage, at least, 5,000 if not set.
 */
final class LoadMeasurement implements Measurement {

    private static final double MOST_ERRORS_PERCENT = 1;
    private static final double LONGEST_P95_MILLIS = 500;

    @Override
    public String name() {
        return "load";
    }

    @Override
    public void run(Figures figures) throws IOException, InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.log." + StagedSessionService.class.getName(), "error");
        System.setProperty("org.slf4j.simpleLogger.log.io.lettuce", "error");
        int operations = Integer.getInteger("load.operations", 5_000);
        new Load(50, 2_000).run();
        Integer users = Integer.getInteger("load.users");
        for (int some : users == null ? List.of(50, 200, 500) : List.of(users)) {
            measure(some, operations, figures);
        }
    }

    private static void measure(int users, int operations, Figures figures) throws IOException, InterruptedException {
        LoadResult result = new Load(users, operations).run();
        String load = users + " users";
        add(figures, "load", load + ", %,.0f operations/s".formatted(result.callsPerSecond()), result.all());
        for (LoadUser.Kind kind : LoadUser.Kind.values()) {
            add(figures, "load, " + kind, load, result.of(kind));
        }
        figures.add(
                "load, audit",
                load,
                "%,d writes acknowledged: %s; errors: %s",
                result.audit().allAcknowledged(),
                result.audit(),
                result.codes());
        requireKept(result);
    }

    private static void add(Figures figures, String what, String load, LoadResult.Calls calls) {
        figures.add(
                what,
                load,
                "%,d, P50 %.1f ms, P95 %.1f ms, P99 %.1f ms, longest %.0f ms; %d errors, %.2f %%",
                calls.number(),
                calls.percentile(50),
                calls.percentile(95),
                calls.percentile(99),
                calls.percentile(100),
                calls.errors(),
                calls.errorRate());
    }

    /** Requires what must hold on any machine. */
    private static void requireKept(LoadResult result) {
        result.audit().requireIntact();
        LoadResult.Calls all = result.all();
        if (all.errorRate() >= MOST_ERRORS_PERCENT || all.percentile(95) >= LONGEST_P95_MILLIS) {
            throw new IllegalStateException("%.2f %% errors, P95 %.0f ms: more than %.0f %% or %.0f ms"
                    .formatted(all.errorRate(), all.percentile(95), MOST_ERRORS_PERCENT, LONGEST_P95_MILLIS));
        }
    }
}
