package io.github.sessionferry.testkit;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

class InMemorySessionServiceContractTest extends SessionServiceContract {

    @Override
    protected SessionService create(TestClock clock) {
        return InMemorySessionService.builder().clock(clock).build();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(((InMemorySessionService) service).openAgain());
    }
}
