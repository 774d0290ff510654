package io.github.sessionferry.migration.metrics;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.RemainingTime;
import io.github.sessionferry.migration.SessionOutcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Meters of a bulk migration: how far it has come, what failed, and how far the stores' quotas are used. All are named
 * {@code session.migration.…}; a registry takes those of one migration at a time.
 *
 * <pre>{@code
 * Migrator.builder(source, target).listener(new MigrationMeters(registry)).build().run();
 * }</pre>
 *
 * <p>They tell the last progress, so they are some seconds old, and after the run its end. May be used for one run after
 * the other. No tag has an id of a session, a user or an application. Thread-safe.
 *
 * @since 0.1
 */
public final class MigrationMeters implements MigrationListener {

    private static final MigrationProgress NOTHING = new MigrationProgress(
            new MigrationCounts(0, 0, 0, 0, 0, 0, 0, 0, 0),
            Duration.ZERO,
            OptionalLong.empty(),
            Optional.empty(),
            List.of());

    private final MeterRegistry registry;
    private final Map<QuotaKey, QuotaUse> quotas = new ConcurrentHashMap<>();
    private volatile MigrationProgress latest = NOTHING;
    private volatile boolean running;

    private record QuotaKey(String store, String kind) {}

    /**
     * Makes the meters.
     *
     * @param registry where they are
     */
    public MigrationMeters(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
        gauge("session.migration.running", Tags.empty(), meters -> meters.running ? 1 : 0);
        sessions(SessionOutcome.Status.CREATED, MigrationCounts::created);
        sessions(SessionOutcome.Status.UPDATED, MigrationCounts::updated);
        sessions(SessionOutcome.Status.UNCHANGED, MigrationCounts::unchanged);
        sessions(SessionOutcome.Status.TARGET_AHEAD, MigrationCounts::targetAhead);
        sessions(SessionOutcome.Status.GONE, MigrationCounts::gone);
        sessions(SessionOutcome.Status.SKIPPED, MigrationCounts::skipped);
        sessions(SessionOutcome.Status.FAILED, MigrationCounts::failed);
        gauge("session.migration.sessions.expected", Tags.empty(), MigrationMeters::expected);
        TimeGauge.builder("session.migration.remaining", this, TimeUnit.SECONDS, MigrationMeters::remainingSeconds)
                .strongReference(true)
                .register(registry);
    }

    private void sessions(SessionOutcome.Status status, ToLongFunction<MigrationCounts> count) {
        gauge(
                "session.migration.sessions",
                Tags.of("status", status.name()),
                meters -> count.applyAsLong(meters.latest.counts()));
    }

    private void gauge(String name, Tags tags, ToDoubleFunction<MigrationMeters> value) {
        Gauge.builder(name, this, value).tags(tags).strongReference(true).register(registry);
    }

    private double expected() {
        OptionalLong total = latest.total();
        return total.isPresent() ? total.getAsLong() : Double.NaN;
    }

    private double remainingSeconds() {
        return latest.remaining()
                .map(RemainingTime::time)
                .map(time -> (double) time.toSeconds())
                .orElse(Double.NaN);
    }

    @Override
    public void started(String from, String to, boolean dryRun) {
        quotas.clear();
        latest = NOTHING;
        running = true;
    }

    @Override
    public void sessionDone(SessionOutcome outcome) {
        outcome.failure()
                .ifPresent(failure -> registry.counter(
                                "session.migration.failures",
                                "status",
                                outcome.status().name(),
                                "code",
                                failure.code())
                        .increment());
    }

    @Override
    public void progress(MigrationProgress progress) {
        latest = progress;
        progress.quotas().forEach(this::tell);
    }

    @Override
    public void finished(MigrationReport report) {
        latest = new MigrationProgress(
                report.counts(), report.run().duration(), latest.total(), Optional.empty(), report.quotas());
        report.quotas().forEach(this::tell);
        running = false;
    }

    private void tell(QuotaUse use) {
        QuotaKey key = new QuotaKey(use.store(), use.kind());
        if (quotas.put(key, use) == null) {
            meter(key);
        }
    }

    private void meter(QuotaKey key) {
        Tags tags = Tags.of("store", key.store(), "kind", key.kind());
        gauge("session.migration.quota.used", tags, meters -> meters.quota(key, QuotaUse::shareUsed));
        FunctionCounter.builder("session.migration.quota.calls", this, meters -> meters.quota(key, QuotaUse::made))
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(
                        "session.migration.quota.refusals", this, meters -> meters.quota(key, QuotaUse::refused))
                .tags(tags)
                .register(registry);
    }

    private double quota(QuotaKey key, ToDoubleFunction<QuotaUse> figure) {
        QuotaUse use = quotas.get(key);
        return use == null ? 0 : figure.applyAsDouble(use);
    }
}
