package io.github.sessionferry.testkit.contract;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.BrokenServices.Broken;
import java.util.Optional;
import java.util.Set;

/** The contract of whichever broken service it is the turn of. */
class BrokenServiceSubject extends SessionServiceContract {

    static volatile Broken broken;

    private InMemorySessionService memory;

    @Override
    protected SessionService create(TestClock clock) {
        memory = InMemorySessionService.builder()
                .clock(broken.clock().apply(clock))
                .build();
        return broken.breaking().apply(memory);
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(broken.breaking().apply(memory.openAgain()));
    }

    @Override
    protected Set<Capability> capabilities() {
        return broken.declared();
    }
}
