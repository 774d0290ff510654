package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Opens stores of files by address: {@code file:DIR?layout=agent|adk-json|web}.
 *
 * <p>Parameters of {@code agent}, the default: {@code create=true} to make a new store if there is none, and
 * {@code timeout} for the longest wait for a lock. Parameters of {@code adk-json}: {@code app} and {@code user} for dumps
 * that name none. Parameters of {@code web}: {@code app} for the application's name, {@code userKey} for the key of the
 * state that holds the user's id, {@code ttl} for the life of a session after its last change, {@code maxBytes} for the
 * largest file, {@code quarantine=true} to move broken files aside, and {@code create} and {@code timeout} as above.
 * Thread-safe.
 *
 * @since 0.1
 */
public final class FileStoreProvider implements SessionStoreProvider {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

    /** For {@link java.util.ServiceLoader}. */
    public FileStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public String usage() {
        return "file:DIR?layout=agent[&create=true][&timeout=10s] or file:DIR?layout=adk-json[&app=NAME][&user=ID]"
                + " or file:DIR?layout=web[&app=NAME][&userKey=KEY][&ttl=7d][&maxBytes=N][&quarantine=true]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        return switch (uri.choice("layout", "agent", "adk-json", "web")) {
            case "adk-json" -> openDumps(uri);
            case "web" -> openWeb(uri);
            default -> openAgent(uri);
        };
    }

    private static SessionService openAgent(StoreUri uri) {
        uri.requireKnownParameters("layout", "create", "timeout");
        FileSessionService.Builder builder =
                FileSessionService.builder(folder(uri)).lockTimeout(uri.duration("timeout", LOCK_TIMEOUT));
        return uri.flag("create") ? builder.createIfMissing().build() : builder.build();
    }

    private static SessionService openDumps(StoreUri uri) {
        uri.requireKnownParameters("layout", "app", "user");
        return AdkJsonSessionService.open(
                folder(uri),
                uri.parameter("app").orElse(null),
                uri.parameter("user").orElse(null));
    }

    private static SessionService openWeb(StoreUri uri) {
        uri.requireKnownParameters("layout", "app", "userKey", "ttl", "maxBytes", "quarantine", "create", "timeout");
        WebFileSessionService.Builder builder =
                WebFileSessionService.builder(folder(uri)).lockTimeout(uri.duration("timeout", LOCK_TIMEOUT));
        uri.parameter("app").ifPresent(builder::appName);
        uri.parameter("userKey").ifPresent(builder::userKey);
        uri.parameter("ttl").ifPresent(ttl -> builder.ttl(uri.duration("ttl", Duration.ZERO)));
        uri.parameter("maxBytes")
                .ifPresent(bytes -> builder.maxBytes((int) Math.min(uri.count("maxBytes", 1), Integer.MAX_VALUE)));
        if (uri.flag("quarantine")) {
            builder.quarantine();
        }
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
