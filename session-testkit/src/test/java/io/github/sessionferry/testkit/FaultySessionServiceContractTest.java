package io.github.sessionferry.testkit;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.util.EnumSet;
import java.util.Set;

class FaultySessionServiceContractTest extends SessionServiceContract {

    @Override
    protected SessionService create(TestClock clock) {
        return new FaultySessionService(
                InMemorySessionService.builder().clock(clock).build(), SessionFaults.none());
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
