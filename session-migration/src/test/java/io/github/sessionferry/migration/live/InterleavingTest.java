package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Users, processes, an operator, crashes, outages and lost answers in any order: no acknowledged write is lost or doubled, no
 * deleted session comes back, no process reads backwards, and in the end both stores are equal.
 *
 * <p>{@code interleaving.seeds} sets how many orders are tried, {@code interleaving.first} the first seed, and
 * {@code interleaving.minutes} for how long it goes on instead. A failure names its seed, which replays exactly, and is
 * reduced to what is needed for it.
 */
class InterleavingTest {

    private static final long SEEDS = Long.getLong("interleaving.seeds", 20_000);
    private static final long FIRST = Long.getLong("interleaving.first", 0);
    private static final long MINUTES = Long.getLong("interleaving.minutes", 0);
    private static final long SEEDS_TO_NOTICE = 5_000;

    @TempDir
    private Path folder;

    @Test
    void operations_inAnyOrder_loseAndDoubleNothing() throws Exception {
        AtomicLong next = new AtomicLong(FIRST);
        long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Path own = Files.createDirectory(folder.resolve("worker-" + i));
                runs.add(workers.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            MINUTES > 0 ? System.nanoTime() < end : seed < FIRST + SEEDS;
                            seed = next.getAndIncrement()) {
                        require(Scenario.of(seed), own);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            workers.shutdownNow();
        }
        LoggerFactory.getLogger(InterleavingTest.class)
                .info("event=interleavings seeds={} first={}", next.get() - FIRST - 2, FIRST);
    }

    private static void require(Scenario scenario, Path folder) {
        failure(scenario, folder, LiveWorld.Mutation.NONE).ifPresent(failure -> {
            Scenario smallest = smallest(scenario, folder);
            LiveWorld world = new LiveWorld(smallest, folder, LiveWorld.Mutation.NONE);
            String reason = run(world).map(Throwable::getMessage).orElse("");
            throw new AssertionError(
                    "seed " + scenario.seed() + ": " + failure.getMessage() + "\n\nreduced to\n" + smallest + "\n"
                            + reason + "\n" + world.trace(),
                    failure);
        });
    }

    private static Optional<Throwable> failure(Scenario scenario, Path folder, LiveWorld.Mutation mutation) {
        return run(new LiveWorld(scenario, folder, mutation));
    }

    private static Optional<Throwable> run(LiveWorld world) {
        try {
            world.run();
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(e);
        }
    }

    /** Takes away one thing after the other, as long as it still fails. */
    private static Scenario smallest(Scenario failing, Path folder) {
        Scenario smallest = failing;
        boolean reduced = true;
        while (reduced) {
            reduced = false;
            for (Scenario smaller : smallest.smaller()) {
                if (failure(smaller, folder, LiveWorld.Mutation.NONE).isPresent()) {
                    smallest = smaller;
                    reduced = true;
                    break;
                }
            }
        }
        return smallest;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void operations_withoutAGuard_areNoticed(LiveWorld.Mutation mutation) {
        boolean noticed = false;
        for (long seed = 0; seed < SEEDS_TO_NOTICE && !noticed; seed++) {
            noticed = failure(Scenario.of(seed), folder, mutation).isPresent();
        }

        assertThat(noticed)
                .as("one of %s orders shows that %s is missing", SEEDS_TO_NOTICE, mutation)
                .isTrue();
    }

    @Test
    void sameSeed_again_takesTheSameSteps() {
        LiveWorld first = new LiveWorld(Scenario.of(7), folder, LiveWorld.Mutation.NONE);
        LiveWorld second = new LiveWorld(Scenario.of(7), folder, LiveWorld.Mutation.NONE);

        assertThat(run(first)).isEmpty();
        assertThat(run(second)).isEmpty();

        assertThat(second.trace()).isEqualTo(first.trace()).isNotBlank();
    }
}
