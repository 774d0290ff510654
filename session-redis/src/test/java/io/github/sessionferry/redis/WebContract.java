package io.github.sessionferry.redis;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The contract for the layout web, wherever Redis is. */
abstract class WebContract extends SessionServiceContract {

    abstract RedisOptions options();

    @Override
    protected SessionService create(TestClock testClock) {
        return open();
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(open());
    }

    @Override
    protected boolean controlsTime() {
        return false;
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.of(Capability.WRITE, Capability.ATOMIC_PRECONDITIONS, Capability.EXPIRY);
    }

    /** A service that has the sessions of every application under keys of categories, unless their users differ. */
    SessionService open() {
        return WebRedisSessionService.builder(options()).userKey("user_id").build();
    }
}
