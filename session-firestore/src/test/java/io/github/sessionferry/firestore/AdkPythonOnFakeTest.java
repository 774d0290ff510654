package io.github.sessionferry.firestore;

import io.github.sessionferry.testkit.firestore.FakeFirestore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class AdkPythonOnFakeTest extends AdkPythonBehaviour {

    private static FakeFirestore fake;

    @BeforeAll
    static void start() {
        fake = FakeFirestore.start();
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    @Override
    String endpoint() {
        return fake.endpoint();
    }
}
