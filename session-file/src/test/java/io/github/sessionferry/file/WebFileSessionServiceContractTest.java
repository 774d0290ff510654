package io.github.sessionferry.file;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

class WebFileSessionServiceContractTest extends SessionServiceContract {

    @TempDir
    Path folder;

    private @Nullable Clock clock;

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
        return EnumSet.of(Capability.WRITE, Capability.ATOMIC_PRECONDITIONS);
    }

    private SessionService open(Clock testClock) {
        return WebFileSessionService.builder(folder)
                .userKey("user_id")
                .clock(testClock)
                .build();
    }
}
