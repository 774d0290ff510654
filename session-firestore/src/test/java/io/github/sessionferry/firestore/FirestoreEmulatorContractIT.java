package io.github.sessionferry.firestore;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;

/** The contract against Google's emulator, whose clock is the system's. */
class FirestoreEmulatorContractIT extends SessionServiceContract {

    /** One for each test: the emulator searches all documents of a project for each query. */
    private final String project = "contract-" + UUID.randomUUID();

    @BeforeAll
    static void requireEmulator() {
        assumeTrue(FirestoreEmulator.findShared().isPresent(), FirestoreEmulator::absenceReason);
    }

    @Override
    protected SessionService create(TestClock clock) {
        return open();
    }

    FirestoreLayout layout() {
        return FirestoreLayout.adkFlat();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    protected boolean controlsTime() {
        return false;
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(open());
    }

    private SessionService open() {
        String endpoint = FirestoreEmulator.findShared().orElseThrow().endpoint();
        return TestStores.open(endpoint, project, Clock.systemUTC(), layout());
    }
}
