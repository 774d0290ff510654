package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.agentengine.Quotas;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import io.github.sessionferry.vertex.AgentEngineQuotas;
import io.github.sessionferry.vertex.VertexAiSessionService;
import java.util.Locale;

/**
 * To an Agent Engine that enforces its published quotas times a hundred: how much of the allowed rate is used, and how many
 * calls are refused, with the usual reserve and with none. Each run takes somewhat more than a minute, for the quota is
 * counted by the minute.
 */
final class QuotaMeasurement implements Measurement {

    private static final String ENGINE = "projects/benchmark/locations/us-central1/reasoningEngines/1";
    private static final int SCALE = 100;
    private static final int EVENTS = 30;
    private static final int CONCURRENCY = 64;
    private static final double MINUTES = 1.25;

    @Override
    public String name() {
        return "quota";
    }

    @Override
    public void run(Figures figures) {
        measure(figures, 0.3);
        measure(figures, 0);
    }

    private static void measure(Figures figures, double reserve) {
        Quotas quotas = Quotas.published().times(SCALE);
        int sessions = (int) (quotas.appends() * (1 - reserve) * MINUTES / EVENTS);
        try (FakeAgentEngine engine = FakeAgentEngine.builder().quotas(quotas).start();
                SessionService source = InMemorySessionService.create();
                SessionService target = open(engine, quotas)) {
            ConversationGenerator.builder().sessions(sessions).eventsPerSession(EVENTS).build().stream()
                    .forEach(session -> source.store(session, Precondition.none()));
            MigrationReport report = Migrator.builder(source, target)
                    .concurrency(CONCURRENCY)
                    .reserve(reserve)
                    .build()
                    .run();
            report.quotas().forEach(use -> add(figures, use, sessions, reserve));
            requireEqual(engine, source, target);
        }
    }

    private static SessionService open(FakeAgentEngine engine, Quotas quotas) {
        return VertexAiSessionService.builder(ENGINE)
                .endpoint(engine.endpoint())
                .plaintext(true)
                .quotas(new AgentEngineQuotas(quotas.sessionWrites(), quotas.appends(), quotas.reads()))
                .build();
    }

    private static void add(Figures figures, QuotaUse use, int sessions, double reserve) {
        figures.add(
                "quota: " + use.kind(),
                String.format(
                        Locale.ROOT,
                        "%,d sessions of %d events, quotas × %d, %.0f %% reserve, %d at a time",
                        sessions,
                        EVENTS,
                        SCALE,
                        100 * reserve,
                        CONCURRENCY),
                "%.1f %% of %,.0f a minute; %,d calls, %,d refused (%.2f %%)",
                100 * use.shareUsed(),
                use.perMinute(),
                use.made(),
                use.refused(),
                100 * use.shareRefused());
    }

    private static void requireEqual(FakeAgentEngine engine, SessionService source, SessionService target) {
        engine.setQuotas(Quotas.unlimited());
        ValidationReport validation = Validator.builder(source, target).build().run();
        if (!validation.equal()) {
            throw new IllegalStateException("the stores differ: " + validation.counts());
        }
    }
}
