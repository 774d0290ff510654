package io.github.sessionferry.firestore;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import org.junit.jupiter.api.BeforeAll;

class AdkJavaOnEmulatorIT extends AdkJavaBehaviour {

    @BeforeAll
    static void requireEmulator() {
        assumeTrue(FirestoreEmulator.findShared().isPresent(), FirestoreEmulator::absenceReason);
    }

    @Override
    String endpoint() {
        return FirestoreEmulator.findShared().orElseThrow().endpoint();
    }
}
