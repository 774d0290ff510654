package io.github.sessionferry.docs;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.util.EnumSet;
import java.util.Set;

final class MyStoreContractTest extends SessionServiceContract {

    @Override
    protected SessionService create(TestClock clock) {
        return InMemorySessionService.builder().clock(clock).build();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
