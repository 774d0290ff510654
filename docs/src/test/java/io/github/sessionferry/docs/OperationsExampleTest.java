package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.PlanFile;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.migration.metrics.MeteredSessionService;
import io.github.sessionferry.migration.metrics.MigrationMeters;
import io.github.sessionferry.migration.metrics.StagedMeters;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/operations.md. */
class OperationsExampleTest {

    private final List<String> histograms = new ArrayList<>();
    private final MeterRegistry registry = new SimpleMeterRegistry() {
        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            if (Boolean.TRUE.equals(config.isPercentileHistogram())) {
                histograms.add(id.getName());
            }
            return super.newTimer(id, config, pauses);
        }
    };
    private final SessionService source = InMemorySessionService.create();
    private final SessionService target = InMemorySessionService.create();
    private final String userId = "tester";

    @Test
    void wiring_ofAStagedService_timesCallersAndStores(@TempDir Path folder) throws IOException {
        PlanFile plans =
                PlanFile.open(Files.writeString(folder.resolve("rollout.json"), "{\"stage\": \"DUAL_WRITE\"}"));
        Path debtFile = folder.resolve("debt.jsonl");

        SessionService timedSource = new MeteredSessionService(source, "source", registry);
        SessionService timedTarget = new MeteredSessionService(target, "target", registry);
        StagedMeters meters = new StagedMeters(registry);
        StagedSessionService staged = StagedSessionService.builder(timedSource, timedTarget, plans)
                .debtFile(debtFile)
                .listener(meters)
                .build();
        meters.watch(staged);
        meters.watch(plans);
        SessionService sessions =
                new MeteredSessionService(staged.serviceFor(userId, Channel.TEXT), "callers", registry);

        try (staged) {
            sessions.find(new SessionKey("shop", userId, "s1"), EventSelection.all());

            Optional<String> broken = plans.problem();
            boolean ready = broken.isEmpty() && !staged.isEmergency() && staged.ownDebt() < 1_000;

            assertThat(ready).isTrue();
            assertThat(finds("callers")).isEqualTo(1);
            assertThat(finds("source")).isPositive();
        }
    }

    private long finds(String store) {
        return registry.get("session.store.calls")
                .tags("store", store, "operation", "find")
                .timer()
                .count();
    }

    @Test
    void wiring_ofAMigration_tellsThatItEnded() {
        Migrator.builder(source, target)
                .listener(new MigrationMeters(registry))
                .build()
                .run();

        assertThat(registry.get("session.migration.running").gauge().value()).isZero();
    }

    @Test
    void filter_ofTheExample_asksForAHistogram() {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("session.store.calls")
                        ? DistributionStatisticConfig.builder()
                                .percentilesHistogram(true)
                                .build()
                                .merge(config)
                        : config;
            }
        });

        new MeteredSessionService(source, "source", registry).estimatedSessions();
        registry.timer("another");

        assertThat(histograms).containsExactly("session.store.calls");
    }
}
