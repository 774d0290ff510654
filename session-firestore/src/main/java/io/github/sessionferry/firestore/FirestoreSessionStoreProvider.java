package io.github.sessionferry.firestore;

import com.google.cloud.firestore.FirestoreOptions;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.time.Duration;
import java.util.Set;

/**
 * Opens {@code firestore://PROJECT/DATABASE}, with Application Default Credentials or at an emulator. Thread-safe.
 *
 * @since 0.1
 */
public final class FirestoreSessionStoreProvider implements SessionStoreProvider {

    private static final String SCHEME = "firestore";
    private static final String DEFAULT_DATABASE = "(default)";

    /** Made by {@link java.util.ServiceLoader}. */
    public FirestoreSessionStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public String usage() {
        return "firestore://PROJECT[/DATABASE][?layout=" + String.join("|", FirestoreLayout.names())
                + "&root=NAME&events=NAME&app-state=NAME&user-state=NAME&emulator=HOST:PORT&timeout=10s&ramp=true]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.requireKnownParameters(
                "layout", "root", "events", "app-state", "user-state", "emulator", "timeout", "ramp");
        FirestoreLayout layout = layout(uri);
        String[] location = uri.location().split("/", -1);
        if (location.length > 2 || location[0].isEmpty()) {
            throw new IllegalArgumentException("the store's address names no project and database; write " + usage());
        }
        FirestoreOptions.Builder options = FirestoreOptions.newBuilder()
                .setProjectId(location[0])
                .setDatabaseId(location.length == 1 || location[1].isEmpty() ? DEFAULT_DATABASE : location[1]);
        uri.parameter("emulator").ifPresent(options::setEmulatorHost);
        FirestoreSessionService.Builder builder = FirestoreSessionService.builder(options.build())
                .layout(layout)
                .timeout(uri.duration("timeout", Duration.ofSeconds(10)));
        if (uri.parameter("ramp").isPresent()) {
            builder.ramp(uri.flag("ramp"));
        }
        return builder.build();
    }

    private static FirestoreLayout layout(StoreUri uri) {
        FirestoreLayout layout = FirestoreLayout.named(uri.choice("layout", FirestoreLayout.names()));
        layout = uri.parameter("root").map(layout::withRoot).orElse(layout);
        layout = uri.parameter("events").map(layout::withEvents).orElse(layout);
        layout = uri.parameter("app-state").map(layout::withAppState).orElse(layout);
        return uri.parameter("user-state").map(layout::withUserState).orElse(layout);
    }
}
