package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.VisitorsOnly;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract again, with every session in a file of the application. */
class WebFileInPlainFilesContractTest extends SessionServiceContract {

    @TempDir
    Path folder;

    private final Map<String, SessionKey> keys = new ConcurrentHashMap<>();
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
        return new VisitorsOnly(
                WebFileSessionService.builder(folder).clock(testClock).build(), keys);
    }

    @Test
    void anySession_standsInAPlainFile() throws IOException {
        TestClock now = TestClock.at(Instant.EPOCH);
        SessionKey key = new SessionKey("app", "user/..", "a/b");

        create(now).store(Session.builder(key, Instant.EPOCH).build(), Precondition.none());

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).anyMatch(name -> name.startsWith("sess_"));
        }
    }
}
