package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.file.FileNames.Location;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one kind of record, in shards below one folder.
 *
 * <p>Thread-safe; of writers of one record, only one at a time.
 */
final class Records {

    /** How many names are in memory, however many a folder has. */
    static final int NAMES_AT_ONCE = 1_000;

    private final StoreFolder files;
    private final Path root;
    private final Path folder;

    Records(StoreFolder files, Path root, String kind) {
        this.files = files;
        this.root = root;
        this.folder = root.resolve(kind);
    }

    /** What is told of the file under the last cursor of a walk; true to go on, false to end the page before it. */
    interface Visitor {
        boolean visit(Location location);
    }

    Optional<Map<String, @Nullable Object>> find(Location location) throws UnreadableException {
        try {
            String text = files.read(file(location));
            return text == null ? Optional.empty() : Optional.of(document(text));
        } catch (IOException e) {
            throw StoreFolder.failed("reading", describe(location), e);
        }
    }

    /** Tells cheaply that there are no records yet. */
    boolean exist() {
        return folder.toFile().exists();
    }

    /** Tells cheaply that there is no such record. */
    boolean mayExist(Location location) {
        return file(location).toFile().exists();
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    static Map<String, @Nullable Object> document(String text) throws UnreadableException {
        try {
            if (Json.read(text) instanceof Map<?, ?> map) {
                return (Map<String, @Nullable Object>) map;
            }
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
        throw new UnreadableException("the file holds JSON that is no object");
    }

    void write(Location location, Map<String, @Nullable Object> document) throws IOException {
        files.write(shard(location.shard()), location.name(), bytes(document));
    }

    /** The document's text, checked before anything is changed. */
    static byte[] bytes(Map<String, @Nullable Object> document) {
        byte[] bytes = Json.write(document).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > StoreFolder.MAX_BYTES) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "the session takes " + bytes.length + " bytes; a file holds at most " + StoreFolder.MAX_BYTES);
        }
        return bytes;
    }

    void delete(Location location) throws IOException {
        files.delete(shard(location.shard()), location.name());
    }

    /** Walks the files from a cursor on, in order, and tells where the page ended; empty at the end. */
    Optional<ShardCursor> walk(ShardCursor from, Predicate<String> wanted, Visitor visitor) {
        String after = from.after();
        for (int shard = from.shard(); shard <= from.last(); shard++) {
            String listed = after;
            List<String> names;
            do {
                names = names(shard, listed);
                for (String name : names) {
                    listed = name;
                    if (!wanted.test(name)) {
                        continue;
                    }
                    if (!visitor.visit(new Location(shard, name))) {
                        return Optional.of(from.at(shard, after));
                    }
                    after = name;
                }
            } while (names.size() == NAMES_AT_ONCE);
            after = "";
        }
        return Optional.empty();
    }

    /** How many files there are, readable or not. */
    long count() {
        return IntStream.range(0, FileNames.SHARDS)
                .mapToLong(shard -> listing(shard, files::count))
                .sum();
    }

    private List<String> names(int shard, String after) {
        return listing(shard, folder -> files.list(folder, after, NAMES_AT_ONCE));
    }

    private <T> T listing(int shard, Listing<T> listing) {
        try {
            return listing.of(shard(shard));
        } catch (IOException e) {
            throw StoreFolder.failed("listing", root.relativize(shard(shard)).toString(), e);
        }
    }

    private interface Listing<T> {
        T of(Path folder) throws IOException;
    }

    String describe(Location location) {
        return root.relativize(file(location)).toString();
    }

    DocumentReader reader(Map<String, @Nullable Object> document) {
        return new DocumentReader("file", document);
    }

    private Path shard(int shard) {
        return folder.resolve(Location.folder(shard));
    }

    private Path file(Location location) {
        return shard(location.shard()).resolve(location.name());
    }
}
