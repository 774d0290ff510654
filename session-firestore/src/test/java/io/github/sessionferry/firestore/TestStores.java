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
        return open(endpoint, project, clock, FirestoreLayout.adkFlat());
    }

    static FirestoreSessionService open(String endpoint, String project, Clock clock, FirestoreLayout layout) {
        return FirestoreSessionService.builder(options(endpoint, project))
                .layout(layout)
                .timeout(Duration.ofSeconds(20))
                .clock(clock)
                .build();
    }
}
