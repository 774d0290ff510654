package io.github.sessionferry.testkit.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Shows that what is asked of the fake is what the official emulator does. */
class FirestoreEmulatorIT extends FirestoreBehaviour {
    private static FirestoreEmulator emulator;

    @BeforeAll
    static void find() {
        Optional<FirestoreEmulator> found = FirestoreEmulator.findShared();
        assumeTrue(found.isPresent(), FirestoreEmulator::absenceReason);
        emulator = found.get();
    }

    @Override
    String endpoint() {
        return emulator.endpoint();
    }

    @Test
    void findShared_again_isTheSame() {
        assertThat(FirestoreEmulator.findShared()).containsSame(emulator);
    }

    @Test
    void wipe_oneDatabase_leavesTheOthers() {
        raw().set("c/a", Map.of());
        try (RawFirestore other = new RawFirestore(endpoint(), "other-" + projectId())) {
            other.set("c/a", Map.of());

            emulator.wipe(projectId(), "(default)");

            assertThat(raw().collectionIds("")).isEmpty();
            assertThat(other.collectionIds("")).containsExactly("c");
        }
    }

    private String projectId() {
        return firestore().getOptions().getProjectId();
    }
}
