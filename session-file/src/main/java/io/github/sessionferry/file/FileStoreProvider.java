package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Opens stores of files by address: {@code file:DIR?layout=agent|adk-json}.
 *
 * <p>Parameters of {@code agent}, the default: {@code create=true} to make a new store if there is none, and
 * {@code timeout} for the longest wait for a lock. Parameters of {@code adk-json}: {@code app} and {@code user} for dumps
 * that name none. Thread-safe.
 *
 * @since 0.1
 */
public final class FileStoreProvider implements SessionStoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public FileStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public String usage() {
        return "file:DIR?layout=agent[&create=true][&timeout=10s] or file:DIR?layout=adk-json[&app=NAME][&user=ID]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        if (uri.choice("layout", "agent", "adk-json").equals("adk-json")) {
            uri.requireKnownParameters("layout", "app", "user");
            return AdkJsonSessionService.open(
                    folder(uri),
                    uri.parameter("app").orElse(null),
                    uri.parameter("user").orElse(null));
        }
        uri.requireKnownParameters("layout", "create", "timeout");
        FileSessionService.Builder builder =
                FileSessionService.builder(folder(uri)).lockTimeout(uri.duration("timeout", Duration.ofSeconds(10)));
        return uri.flag("create") ? builder.createIfMissing().build() : builder.build();
    }

    private static Path folder(StoreUri uri) {
        if (uri.location().isEmpty()) {
            throw new IllegalArgumentException("the store's address names no folder; write file:DIR");
        }
        try {
            return Path.of(uri.location());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the store's address names no folder that can exist here", e);
        }
    }
}
