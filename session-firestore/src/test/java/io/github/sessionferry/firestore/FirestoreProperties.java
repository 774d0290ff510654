package io.github.sessionferry.firestore;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.contract.SessionServiceProperties;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

abstract class FirestoreProperties extends SessionServiceProperties {

    private static FakeFirestore fake;

    private final FirestoreLayout layout;

    FirestoreProperties(FirestoreLayout layout) {
        this.layout = layout;
    }

    @BeforeContainer
    static void start() {
        fake = FakeFirestore.start();
    }

    @AfterContainer
    static void stop() {
        fake.close();
    }

    @Override
    protected SessionService create() {
        return TestStores.open(fake.endpoint(), "properties", Clock.systemUTC(), layout);
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    protected int tries() {
        return 60;
    }
}
