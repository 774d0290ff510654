package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The documents of one database in the order of their names, also by the id of their collection. Keeps old versions
 * only as long as somebody may read them. Not thread-safe: {@link Database} locks.
 */
final class DocumentStore {
    private final NavigableMap<ResourcePath, StoredDocument> documents = new TreeMap<>();
    private final Map<String, NavigableMap<ResourcePath, StoredDocument>> byCollectionId = new HashMap<>();
    private final Queue<StoredDocument> superseding = new ArrayDeque<>();

    @Nullable
    StoredDocument find(ResourcePath path) {
        return documents.get(path);
    }

    NavigableMap<ResourcePath, StoredDocument> all() {
        return documents;
    }

    NavigableMap<ResourcePath, StoredDocument> inCollectionsNamed(String collectionId) {
        return byCollectionId.getOrDefault(collectionId, Collections.emptyNavigableMap());
    }

    /**
     * Writes or, without content, deletes a document.
     *
     * @param horizon the earliest moment that somebody may still read
     */
    void put(ResourcePath path, @Nullable Document content, long version, long horizon) {
        StoredDocument previous = version <= horizon ? null : documents.get(path);
        StoredDocument stored = new StoredDocument(path, content, version, previous);
        if (previous != null) {
            superseding.add(stored);
        }
        replace(stored);
    }

    /** Forgets the versions that nobody reads who reads no earlier than a moment. */
    void forgetBefore(long horizon) {
        for (StoredDocument next = superseding.peek();
                next != null && next.version() <= horizon;
                next = superseding.peek()) {
            superseding.remove();
            next.forgetOlder();
            if (documents.get(next.path()) == next) {
                replace(next);
            }
        }
    }

    private void replace(StoredDocument stored) {
        NavigableMap<ResourcePath, StoredDocument> collection =
                byCollectionId.computeIfAbsent(stored.path().collectionId(), id -> new TreeMap<>());
        if (stored.content() == null && stored.isOldest()) {
            documents.remove(stored.path());
            collection.remove(stored.path());
        } else {
            documents.put(stored.path(), stored);
            collection.put(stored.path(), stored);
        }
    }
}
