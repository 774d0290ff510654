package io.github.sessionferry.firestore;

import com.google.cloud.firestore.FirestoreOptions;
import java.time.Clock;
import java.time.Duration;

/** Services and plain clients for tests. */
final class TestStores {

    private TestStores() {}

    static FirestoreOptions options(String endpoint, String project) {
        return FirestoreOptions.newBuilder()
                .setProjectId(project)
                .setEmulatorHost(endpoint)
                .build();
    }

    static FirestoreSessionService open(String endpoint, String project, Clock clock) {
        return FirestoreSessionService.builder(options(endpoint, project))
                .timeout(Duration.ofSeconds(20))
                .clock(clock)
                .build();
    }
}
