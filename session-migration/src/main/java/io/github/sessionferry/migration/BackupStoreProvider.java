package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Opens finished backups, to be read, by address: {@code backup:DIR[?key=FILE]}. Thread-safe.
 *
 * @since 0.1
 */
public final class BackupStoreProvider implements SessionStoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public BackupStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("backup");
    }

    @Override
    public String usage() {
        return "backup:DIR[?key=FILE]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.requireKnownParameters("key");
        if (uri.location().isEmpty()) {
            throw new IllegalArgumentException("the store's address names no folder; write backup:DIR");
        }
        Path folder = path(uri.location());
        Optional<Path> key = uri.parameter("key").map(BackupStoreProvider::path);
        return key.isPresent() ? Backup.open(folder, BackupKey.read(key.get())) : Backup.open(folder);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the store's address names no path that can exist here", e);
        }
    }
}
