package io.github.sessionferry.vertex;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.quota.CallLimit;
import io.github.sessionferry.core.quota.CallPacer;
import io.github.sessionferry.core.quota.PacingTime;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes calls wait for their turn, kind by kind; kinds without a quota only when the service refused one. Thread-safe. */
final class Pacing {

    private final Map<CallKind, CallPacer> pacers = new EnumMap<>(CallKind.class);
    private final Set<CallKind> limited = EnumSet.noneOf(CallKind.class);

    private Pacing() {}

    /** Lets every call pass at once. */
    static Pacing none() {
        return new Pacing();
    }

    static Pacing of(AgentEngineQuotas quotas, double reserve, PacingTime time) {
        Pacing pacing = new Pacing();
        for (CallKind kind : CallKind.values()) {
            long perMinute = kind.perMinute(quotas);
            pacing.pacers.put(
                    kind,
                    new CallPacer(kind.label(), CallLimit.of((double) perMinute).less(reserve), time));
            if (perMinute != AgentEngineQuotas.UNLIMITED) {
                pacing.limited.add(kind);
            }
        }
        return pacing;
    }

    boolean isOn() {
        return !pacers.isEmpty();
    }

    /** Returns how long it waited. */
    Duration await(CallKind kind) throws InterruptedException {
        CallPacer pacer = pacers.get(kind);
        return pacer == null ? Duration.ZERO : pacer.await(1);
    }

    void refused(CallKind kind, @Nullable Duration wish) {
        CallPacer pacer = pacers.get(kind);
        if (pacer != null) {
            pacer.refused(wish);
        }
    }

    List<CallQuota> quotas() {
        return limited.stream()
                .map(pacers::get)
                .filter(Objects::nonNull)
                .map(CallPacer::quota)
                .toList();
    }
}
