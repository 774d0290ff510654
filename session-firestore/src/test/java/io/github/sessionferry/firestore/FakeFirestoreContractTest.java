package io.github.sessionferry.firestore;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

class FakeFirestoreContractTest extends SessionServiceContract {

    private @Nullable FakeFirestore fake;
    private @Nullable TestClock clock;

    @Override
    protected SessionService create(TestClock clock) {
        this.clock = clock;
        fake = FakeFirestore.builder().clock(clock).start();
        return TestStores.open(fake.endpoint(), "contract", clock, layout());
    }

    FirestoreLayout layout() {
        return FirestoreLayout.adkFlat();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(TestStores.open(fake.endpoint(), "contract", clock, layout()));
    }

    @AfterEach
    void stop() {
        if (fake != null) {
            fake.close();
        }
    }
}
