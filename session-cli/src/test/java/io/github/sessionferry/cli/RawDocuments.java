package io.github.sessionferry.cli;

import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Documents of a Firestore as they are, written and read by Google's client alone. */
final class RawDocuments implements AutoCloseable {

    private final Firestore firestore;

    RawDocuments(String project, String endpoint) {
        firestore = FirestoreOptions.newBuilder()
                .setProjectId(project)
                .setEmulatorHost(endpoint)
                .build()
                .getService();
    }

    void write(String path, Map<String, ? extends @Nullable Object> fields) {
        get(firestore.document(path).set(new HashMap<>(fields)));
    }

    @Nullable
    Map<String, Object> read(String path) {
        return get(firestore.document(path).get()).getData();
    }

    private static <T> T get(Future<T> answer) {
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the plain client failed", e);
        }
    }

    @Override
    public void close() {
        firestore.shutdownNow();
    }
}
