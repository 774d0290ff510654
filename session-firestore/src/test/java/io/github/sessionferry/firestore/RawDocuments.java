package io.github.sessionferry.firestore;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Documents as others write and read them, through Firestore's own client. */
final class RawDocuments implements AutoCloseable {

    private final Firestore firestore;

    RawDocuments(FirestoreOptions options) {
        firestore = options.getService();
    }

    void write(String path, Map<String, ?> fields) {
        get(firestore.document(path).set(Map.copyOf(fields)));
    }

    Map<String, @Nullable Object> data(String path) {
        return new TreeMap<>(get(firestore.document(path).get()).getData());
    }

    /** All documents below a root collection, by path, those of this project's own left out. */
    Map<String, Map<String, @Nullable Object>> below(String root) {
        Map<String, Map<String, @Nullable Object>> found = new TreeMap<>();
        collect(firestore.collection(root), found);
        return found;
    }

    private static void collect(CollectionReference collection, Map<String, Map<String, @Nullable Object>> found) {
        if (collection.getId().equals("ferry")) {
            return;
        }
        for (DocumentReference document : collection.listDocuments()) {
            DocumentSnapshot snapshot = get(document.get());
            if (snapshot.exists()) {
                found.put(document.getPath(), new TreeMap<>(snapshot.getData()));
            }
            document.listCollections().forEach(inner -> collect(inner, found));
        }
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.ofTimeSecondsAndNanos(time.getEpochSecond(), time.getNano());
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the plain client failed", e);
        }
    }

    @Override
    public void close() {
        firestore.shutdownNow();
    }
}
