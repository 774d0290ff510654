package io.github.sessionferry.migration.metrics;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.PlanFile;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.live.StagedListener;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.migration.live.StoredPlan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Meters of a staged service: what happens beside the callers' paths, the plan, and the debt. All are named
 * {@code session.staged.…}; a registry takes those of one service.
 *
 * <pre>{@code
 * StagedMeters meters = new StagedMeters(registry);
 * StagedSessionService staged = StagedSessionService.builder(source, target, plans)
 *         .listener(meters)
 *         .build();
 * meters.watch(staged);
 * meters.watch(plans);
 * }</pre>
 *
 * <p>Reading a gauge calls no store. No tag has an id of a session, a user or an application. Thread-safe.
 *
 * @since 0.1
 */
public final class StagedMeters implements StagedListener {

    private final MeterRegistry registry;
    private final Counter equal;
    private final Counter different;
    private final Counter failed;
    private final Counter dropped;
    private final Counter adopted;
    private final Counter emergencies;
    private volatile double unsettled = Double.NaN;

    /**
     * Makes the meters of what is counted; {@link #watch(StagedSessionService)} makes those of what can be looked at.
     *
     * @param registry where they are
     */
    public StagedMeters(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
        equal = shadowReads("equal");
        different = shadowReads("different");
        failed = shadowReads("failed");
        dropped = shadowReads("dropped");
        adopted = registry.counter("session.staged.adopted");
        emergencies = registry.counter("session.staged.emergencies");
        Gauge.builder("session.staged.debt.unsettled", this, meters -> meters.unsettled)
                .strongReference(true)
                .register(registry);
        registerFailuresAtZero();
    }

    private Counter shadowReads(String result) {
        return registry.counter("session.staged.shadow.reads", "result", result);
    }

    /** A counter that first appears with its first failure shows no increase of it. */
    private void registerFailuresAtZero() {
        for (StoreSide side : StoreSide.values()) {
            for (SessionErrorCode code : SessionErrorCode.values()) {
                var unusedFailures = secondWriteFailures(side, code);
                var unusedFallbacks = fallbacks(side, code);
            }
        }
    }

    private Counter secondWriteFailures(StoreSide side, SessionErrorCode code) {
        return registry.counter("session.staged.second.write.failures", "side", side.name(), "code", code.name());
    }

    private Counter fallbacks(StoreSide side, SessionErrorCode code) {
        return registry.counter("session.staged.fallbacks", "side", side.name(), "code", code.name());
    }

    /**
     * Makes the meters of a service's plan, debt and state. They do not keep the service from being collected.
     *
     * @param staged the service that tells this listener
     */
    public void watch(StagedSessionService staged) {
        requireNonNull(staged, "staged");
        stage("base", staged, service -> place(service.plan().base()));
        stage("rollout", staged, service -> place(service.plan().rollout()));
        gauge(
                "session.staged.plan.percentage",
                staged,
                service -> service.plan().policy().percentage());
        gauge("session.staged.plan.version", staged, service -> service.plan().version());
        gauge(
                "session.staged.plan.settled",
                staged,
                service -> flag(service.plan().isSettled()));
        gauge("session.staged.plan.drained", staged, service -> flag(service.isDrained()));
        gauge("session.staged.emergency", staged, service -> flag(service.isEmergency()));
        gauge("session.staged.debt", staged, StagedSessionService::ownDebt);
        gauge("session.staged.second.writes", staged, StagedSessionService::secondWritesUnderWay);
    }

    /**
     * Makes the meter of a plan in a file. It does not keep the plan from being collected.
     *
     * @param plans the plan that the service goes by
     */
    public void watch(PlanFile plans) {
        planBroken(plans, PlanFile::problem);
    }

    /**
     * Makes the meter of a plan in the source. It does not keep the plan from being collected.
     *
     * @param plans the plan that the service goes by
     */
    public void watch(StoredPlan plans) {
        planBroken(plans, StoredPlan::problem);
    }

    private <P> void planBroken(P plans, Function<P, Optional<String>> problem) {
        gauge(
                "session.staged.plan.broken",
                requireNonNull(plans, "plans"),
                watched -> flag(problem.apply(watched).isPresent()));
    }

    private void stage(String who, StagedSessionService staged, ToDoubleFunction<StagedSessionService> value) {
        Gauge.builder("session.staged.stage", staged, value).tag("who", who).register(registry);
    }

    private <T> void gauge(String name, T watched, ToDoubleFunction<T> value) {
        Gauge.builder(name, watched, value).register(registry);
    }

    @SuppressWarnings("EnumOrdinal") // the order of the stages is their meaning
    private static double place(Stage stage) {
        return stage.ordinal();
    }

    private static double flag(boolean set) {
        return set ? 1 : 0;
    }

    @Override
    public void secondWriteFailed(SessionKey key, StoreSide side, SessionErrorCode code) {
        secondWriteFailures(side, code).increment();
    }

    @Override
    public void fellBack(SessionKey key, StoreSide side, SessionErrorCode code) {
        fallbacks(side, code).increment();
    }

    @Override
    public void shadowCompared(SessionKey key, boolean alike) {
        (alike ? equal : different).increment();
    }

    @Override
    public void shadowFailed(SessionKey key, SessionErrorCode code) {
        failed.increment();
    }

    @Override
    public void shadowDropped() {
        dropped.increment();
    }

    @Override
    public void adopted(SessionKey key) {
        adopted.increment();
    }

    @Override
    public void debtLookedFor(int left) {
        unsettled = left;
    }

    @Override
    public void emergency(String reason) {
        emergencies.increment();
    }
}
