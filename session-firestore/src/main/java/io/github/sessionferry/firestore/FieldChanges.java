package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.FieldValue;
import com.google.cloud.firestore.WriteBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which fields of a document are to change, and how. Not thread-safe. */
final class FieldChanges {

    private final DocumentSnapshot document;
    private final Map<FieldPath, @Nullable Object> changes = new LinkedHashMap<>();

    FieldChanges(DocumentSnapshot document) {
        this.document = document;
    }

    DocumentSnapshot document() {
        return document;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Counts a number up, from 1 if there is none. */
    FieldChanges count(String field) {
        return set(field, get(field) instanceof Long count ? count + 1 : 1L);
    }

    /** What a field will hold. */
    @Nullable
    Object get(String field) {
        return touches(field) ? changes.get(FieldPath.of(field)) : document.get(field);
    }

    boolean touches(String field) {
        return changes.containsKey(FieldPath.of(field));
    }

    @SuppressWarnings("unchecked") // Firestore's maps have no other keys
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
    }

    FieldChanges set(String field, @Nullable Object value) {
        changes.put(FieldPath.of(field), value);
        return this;
    }

    FieldChanges delete(String field) {
        return set(field, FieldValue.delete());
    }

    /** Makes a map of the document hold the given entries and no others, entry by entry. */
    FieldChanges replaceEntries(String field, Map<String, @Nullable Object> entries) {
        if (document.get(field) instanceof Map<?, ?> present) {
            compare(map(present), entries, name -> FieldPath.of(field, name));
        } else {
            set(field, entries);
        }
        return this;
    }

    /** Compares all fields but those that are dealt with otherwise. */
    FieldChanges replaceFields(Map<String, @Nullable Object> fields, List<String> exceptions) {
        Map<String, @Nullable Object> present = new LinkedHashMap<>(Objects.requireNonNull(document.getData()));
        present.keySet().removeAll(exceptions);
        Map<String, @Nullable Object> wanted = new LinkedHashMap<>(fields);
        wanted.keySet().removeAll(exceptions);
        compare(present, wanted, FieldPath::of);
        return this;
    }

    private void compare(
            Map<String, @Nullable Object> present,
            Map<String, @Nullable Object> wanted,
            Function<String, FieldPath> path) {
        wanted.forEach((name, value) -> {
            if (!present.containsKey(name) || !Objects.equals(present.get(name), value)) {
                changes.put(path.apply(name), value);
            }
        });
        present.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .forEach(name -> changes.put(path.apply(name), FieldValue.delete()));
    }

    /** Adds the changes to a batch; it fails if the document has changed since it was read. */
    void addTo(WriteBatch batch) {
        List<@Nullable Object> rest = new ArrayList<>();
        changes.forEach((path, value) -> {
            rest.add(path);
            rest.add(value);
        });
        batch.update(
                document.getReference(),
                StoredSession.unchanged(document),
                (FieldPath) Objects.requireNonNull(rest.get(0)),
                rest.get(1),
                rest.subList(2, rest.size()).toArray());
    }
}
