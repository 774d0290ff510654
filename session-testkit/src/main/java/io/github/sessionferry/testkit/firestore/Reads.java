package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The reads of one request: which moment they see, and, in a transaction, what they have seen. Not thread-safe. */
final class Reads {
    private final Database database;
    private final @Nullable Transaction transaction;
    private final @Nullable Timestamp readTime;

    /**
     * Creates the reads of a request.
     *
     * @param transaction empty for none; wins over the read time
     */
    Reads(Database database, ByteString transaction, @Nullable Timestamp readTime) {
        this.database = database;
        this.transaction = transaction.isEmpty() ? null : database.transaction(transaction);
        this.readTime = readTime;
    }

    /** Reads one consistent state; whoever reads notes it through {@link #find} and {@link #run}. */
    <T> T read(Function<Snapshot, T> reader) {
        if (transaction != null) {
            return database.readIn(transaction, reader);
        }
        return readTime != null ? database.readAt(readTime, reader) : database.read(reader);
    }

    /** Reads one consistent state of which any difference in the result is a conflict. */
    <T> T readWhole(Function<Snapshot, T> reader) {
        T result = read(reader);
        note(now -> reader.apply(now).equals(result));
        return result;
    }

    @Nullable
    Document find(ResourcePath path, Snapshot snapshot) {
        Document document = snapshot.find(path);
        note(now -> Objects.equals(versionOf(now.find(path)), versionOf(document)));
        return document;
    }

    List<Snapshot.Entry> run(Query query, Snapshot snapshot) {
        List<Snapshot.Entry> results = query.run(snapshot);
        List<Version> versions = versionsOf(results);
        note(now -> versionsOf(query.run(now)).equals(versions));
        return results;
    }

    private void note(java.util.function.Predicate<Snapshot> stillHolds) {
        if (transaction != null) {
            transaction.noteRead(stillHolds);
        }
    }

    private record Version(String name, Timestamp created, Timestamp updated) {}

    private static List<Version> versionsOf(List<Snapshot.Entry> entries) {
        return entries.stream()
                .map(entry -> Objects.requireNonNull(versionOf(entry.document())))
                .toList();
    }

    private static @Nullable Version versionOf(@Nullable Document document) {
        return document == null
                ? null
                : new Version(document.getName(), document.getCreateTime(), document.getUpdateTime());
    }
}
