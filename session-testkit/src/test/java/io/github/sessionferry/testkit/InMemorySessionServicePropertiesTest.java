package io.github.sessionferry.testkit;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceProperties;
import java.util.EnumSet;
import java.util.Set;

class InMemorySessionServicePropertiesTest extends SessionServiceProperties {

    @Override
    protected SessionService create() {
        return InMemorySessionService.create();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
