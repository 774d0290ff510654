package io.github.sessionferry.migration.metrics;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.EnumSet;
import java.util.Set;

/** A store that is timed is the same store. */
class MeteredSessionServiceContractTest extends SessionServiceContract {

    @Override
    protected SessionService create(TestClock clock) {
        return new MeteredSessionService(
                InMemorySessionService.builder().clock(clock).build(), "memory", new SimpleMeterRegistry());
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
