package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What stands in a folder of dumps, found by reading each of them once. Immutable once read. */
final class AdkDumpIndex {

    private final Path root;
    private final StoreFolder files;
    private final AdkDump form;
    private final NavigableMap<String, Entry> entries = new TreeMap<>();
    private final Map<SessionKey, String> locations = new LinkedHashMap<>();
    private final Map<SharedScope, Map<String, SharedValue>> shared = new LinkedHashMap<>();

    private AdkDumpIndex(Path root, AdkDump form) {
        this.root = root;
        this.files = new StoreFolder(root);
        this.form = form;
    }

    /**
     * A file of the folder: a session, or what is wrong with it.
     *
     * @param summary the session; {@code null} if the file cannot be read as one
     * @param reason why it cannot; empty if it can
     */
    record Entry(@Nullable SessionSummary summary, String reason) {}

    static AdkDumpIndex read(Path root, AdkDump form) throws IOException {
        AdkDumpIndex index = new AdkDumpIndex(root, form);
        NavigableSet<String> found = new TreeSet<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String location = root.relativize(file).toString();
                if (attributes.isSymbolicLink() ? mayMatter(file) : location.endsWith(FileNames.SUFFIX)) {
                    found.add(location);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.forEach(index::add);
        return index;
    }

    private static boolean mayMatter(Path link) {
        return link.toString().endsWith(FileNames.SUFFIX) || Files.isDirectory(link);
    }

    private void add(String location) {
        try {
            Session session = load(location)
                    .orElseThrow(() -> new UnreadableException("the file went away while the folder was read"));
            String first = locations.putIfAbsent(session.key(), location);
            if (first != null) {
                throw new UnreadableException("the same session stands in " + first + "; keep one of the two");
            }
            entries.put(location, new Entry(new SessionSummary(session.key(), session.updateTime()), ""));
            addShared(session, session.key().appScope());
            addShared(session, session.key().userScope());
        } catch (UnreadableException e) {
            entries.put(location, new Entry(null, String.valueOf(e.getMessage())));
        }
    }

    /** Of the values that dumps of one scope hold, the one of the session that was updated last counts. */
    private void addShared(Session session, SharedScope scope) {
        Map<String, @Nullable Object> values = session.state(scope.stateScope());
        if (values.isEmpty()) {
            return;
        }
        Map<String, SharedValue> known = shared.computeIfAbsent(scope, absent -> new LinkedHashMap<>());
        values.forEach((name, value) -> known.merge(
                name,
                SharedValue.of(value, session.updateTime()),
                (present, later) -> later.isNewerThan(present) ? later : present));
    }

    /** Reads the dump of a session anew, its state as the dump has it. */
    Optional<Session> find(SessionKey key) throws UnreadableException {
        String location = locations.get(key);
        return location == null
                ? Optional.empty()
                : load(location).filter(session -> session.key().equals(key));
    }

    String locationOf(SessionKey key) {
        return locations.getOrDefault(key, "");
    }

    private Optional<Session> load(String location) throws UnreadableException {
        Path file = root.resolve(location);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isOther()) {
                throw new UnreadableException("no regular file; put the dump itself here");
            }
            String text = files.read(file);
            if (text == null) {
                return Optional.empty();
            }
            String name =
                    location.substring(location.lastIndexOf(root.getFileSystem().getSeparator()) + 1);
            Session session = form.read(
                    Records.document(text), name, attributes.lastModifiedTime().toInstant());
            return Optional.of(
                    session.toBuilder().revision(FileNames.hash(text)).build());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UnreadableException(
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    /** The files after one, by location. */
    NavigableMap<String, Entry> after(String location) {
        return entries.tailMap(location, false);
    }

    Map<SharedScope, Map<String, SharedValue>> shared() {
        return shared;
    }
}
