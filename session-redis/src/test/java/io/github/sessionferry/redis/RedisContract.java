package io.github.sessionferry.redis;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The contract for the layout agent, wherever Redis is. */
abstract class RedisContract extends SessionServiceContract {

    private @Nullable Clock clock;

    abstract RedisOptions options();

    @Override
    protected SessionService create(TestClock testClock) {
        clock = testClock;
        return open(testClock);
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.ofNullable(clock).map(this::open);
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    private SessionService open(Clock testClock) {
        return RedisSessionService.builder(options()).clock(testClock).build();
    }
}
