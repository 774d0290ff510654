package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import com.google.firestore.v1.Value;
import com.google.protobuf.Timestamp;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A database as it was at one moment. Valid only inside {@link Database#read} and its kin. */
final class Snapshot {
    private final DatabaseName database;
    private final DocumentStore store;
    private final long micros;

    Snapshot(DatabaseName database, DocumentStore store, long micros) {
        this.database = database;
        this.store = store;
        this.micros = micros;
    }

    DatabaseName database() {
        return database;
    }

    Timestamp time() {
        return Micros.toTimestamp(micros);
    }

    @Nullable
    Document find(ResourcePath path) {
        return contentOf(store.find(path));
    }

    /** The documents of one collection, in the order of their names, from a bound on. */
    Stream<Entry> collection(ResourcePath collection, ResourcePath from) {
        return entries(store.inCollectionsNamed(collection.id()), collection, from)
                .filter(entry -> entry.path().depth() == collection.depth() + 1);
    }

    /** The documents of all collections of an id anywhere below a parent, in the order of their names. */
    Stream<Entry> collectionGroup(String collectionId, ResourcePath parent, ResourcePath from) {
        return entries(store.inCollectionsNamed(collectionId), parent, from)
                .filter(entry -> entry.path().depth() > parent.depth());
    }

    /** Every document below a parent, in the order of their names. */
    Stream<Entry> below(ResourcePath parent, ResourcePath from) {
        return entries(store.all(), parent, from).filter(entry -> entry.path().depth() > parent.depth());
    }

    private Stream<Entry> entries(
            NavigableMap<ResourcePath, StoredDocument> documents, ResourcePath below, ResourcePath from) {
        ResourcePath end = below.afterDescendants();
        ResourcePath start = from.compareTo(below) > 0 ? from : below;
        if (start.compareTo(end) >= 0) {
            return Stream.empty();
        }
        return streamed(documents.subMap(start, true, end, false).values())
                .map(this::entryOf)
                .filter(Objects::nonNull);
    }

    /** A stream that does not ask for the size: to tell it, a range of a tree would count its elements. */
    private static <T> Stream<T> streamed(Collection<T> range) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(range.iterator(), Spliterator.ORDERED), false);
    }

    private @Nullable Entry entryOf(StoredDocument stored) {
        Document content = contentOf(stored);
        return content == null ? null : new Entry(stored.path(), content);
    }

    private @Nullable Document contentOf(@Nullable StoredDocument stored) {
        StoredDocument version = stored == null ? null : stored.at(micros);
        return version == null ? null : version.content();
    }

    /**
     * The ids one level below: a parent's collections, or a collection's documents with those that do not exist but have
     * something below them. In order, lazily, jumping over what lies deeper.
     *
     * @param after empty, or the id after which to start
     */
    Stream<String> childIds(ResourcePath parent, String after) {
        return Stream.iterate(nextChildId(parent, after), Objects::nonNull, id -> nextChildId(parent, id));
    }

    private @Nullable String nextChildId(ResourcePath parent, String after) {
        ResourcePath from = after.isEmpty() ? parent : parent.child(after).afterDescendants();
        return below(parent, from)
                .findFirst()
                .map(entry -> entry.path().segments().get(parent.depth()))
                .orElse(null);
    }

    /** A document and where it lies. */
    record Entry(ResourcePath path, Document document) {
        Map<String, Value> fields() {
            return document.getFieldsMap();
        }
    }
}
