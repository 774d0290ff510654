package io.github.sessionferry.testkit.contract;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.util.Set;

/** The properties of whichever broken service it is the turn of. */
class BrokenServiceProperties extends SessionServiceProperties {

    @Override
    protected SessionService create() {
        return BrokenServiceSubject.broken.breaking().apply(InMemorySessionService.create());
    }

    @Override
    protected Set<Capability> capabilities() {
        return BrokenServiceSubject.broken.declared();
    }
}
