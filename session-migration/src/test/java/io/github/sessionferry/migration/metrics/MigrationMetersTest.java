package io.github.sessionferry.migration.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.RemainingTime;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MigrationMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MigrationMeters meters = new MigrationMeters(registry);
    private final SessionFaults faults = SessionFaults.none();
    private final SessionService source = InMemorySessionService.create();
    private final SessionService target = new FaultySessionService(InMemorySessionService.create(), faults);

    private void fill(int sessions) {
        for (int i = 0; i < sessions; i++) {
            SessionKey key = new SessionKey("secret-app", "secret-user", "secret-" + i);
            source.store(
                    Session.builder(key, Exercise.T0).createTime(Exercise.T0).build(), Precondition.none());
        }
    }

    private void migrate(SessionService to) {
        Migrator.builder(source, to).listener(meters).build().run();
    }

    private double sessions(String status) {
        return registry.get("session.migration.sessions")
                .tag("status", status)
                .gauge()
                .value();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void run_ended_tellsItsCounts() {
        fill(5);
        faults.on(SessionOperation.STORE, SessionOperation.STORE_ALL)
                .forKeys(key -> key.sessionId().equals("secret-3"))
                .failBefore(SessionErrorCode.INVALID_SESSION);

        migrate(target);

        assertThat(sessions("CREATED")).isEqualTo(4);
        assertThat(sessions("SKIPPED")).isEqualTo(1);
        assertThat(sessions("FAILED")).isZero();
        assertThat(gauge("session.migration.running")).isZero();
        assertThat(registry.get("session.migration.failures")
                        .tags("status", "SKIPPED", "code", "INVALID_SESSION")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void secondRun_tellsItsOwnCounts() {
        fill(5);

        migrate(target);
        migrate(target);

        assertThat(sessions("CREATED")).isZero();
        assertThat(sessions("UNCHANGED")).isEqualTo(5);
    }

    @Test
    void run_underWay_tellsHowFarItIs() {
        meters.started("a", "b", false);
        meters.progress(new MigrationProgress(
                new MigrationCounts(1, 2, 3, 4, 5, 6, 7, 0, 0),
                Duration.ofSeconds(10),
                OptionalLong.of(1000),
                Optional.of(new RemainingTime(Duration.ofMinutes(2), "reads")),
                List.of(new QuotaUse("b", "events appended", 210, 420, 399, 2))));

        assertThat(gauge("session.migration.running")).isEqualTo(1);
        assertThat(sessions("CREATED")).isEqualTo(1);
        assertThat(sessions("UPDATED")).isEqualTo(2);
        assertThat(sessions("UNCHANGED")).isEqualTo(3);
        assertThat(sessions("TARGET_AHEAD")).isEqualTo(4);
        assertThat(sessions("GONE")).isEqualTo(5);
        assertThat(sessions("SKIPPED")).isEqualTo(6);
        assertThat(sessions("FAILED")).isEqualTo(7);
        assertThat(gauge("session.migration.sessions.expected")).isEqualTo(1000);
        assertThat(registry.get("session.migration.remaining").timeGauge().value(TimeUnit.SECONDS))
                .isEqualTo(120);
        assertThat(gauge("session.migration.quota.used")).isEqualTo(0.95);
        assertThat(registry.get("session.migration.quota.calls")
                        .tags("store", "b", "kind", "events appended")
                        .functionCounter()
                        .count())
                .isEqualTo(399);
        assertThat(registry.get("session.migration.quota.refusals")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void run_notBegun_knowsNoTotal() {
        assertThat(gauge("session.migration.running")).isZero();
        assertThat(sessions("CREATED")).isZero();
        assertThat(gauge("session.migration.sessions.expected")).isNaN();
        assertThat(registry.get("session.migration.remaining").timeGauge().value())
                .isNaN();
    }

    @Test
    void quota_ofAStore_isToldWhileTheRunIsUnderWay() {
        fill(1_500);
        double[] underWay = {-1};
        SessionService limited = withQuota(target, new CallQuota("writes", 70, 70, 100, 50, 3));

        Migrator.builder(source, limited)
                .listener(new MigrationListener() {
                    @Override
                    public void progress(MigrationProgress progress) {
                        meters.progress(progress);
                        underWay[0] = gauge("session.migration.quota.used");
                    }
                })
                .build()
                .run();

        assertThat(underWay[0]).isEqualTo(0.5);
    }

    private static SessionService withQuota(SessionService store, CallQuota quota) {
        return (SessionService) Proxy.newProxyInstance(
                SessionService.class.getClassLoader(),
                new Class<?>[] {SessionService.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "forBulkWork" -> proxy;
                    case "quotas" -> List.of(quota);
                    default -> method.invoke(store, arguments);
                });
    }

    @Test
    void meters_tellNoIds() {
        fill(3);
        faults.onAny().failBefore(SessionErrorCode.INVALID_SESSION);

        migrate(target);

        assertThat(registry.find("session.migration.failures").counters()).isNotEmpty();
        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .allSatisfy(id -> assertThat(id.toString()).doesNotContain("secret"));
    }
}
