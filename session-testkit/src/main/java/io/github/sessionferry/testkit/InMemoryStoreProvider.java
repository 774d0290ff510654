package io.github.sessionferry.testkit;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStoreProvider;
import io.github.sessionferry.core.StoreUri;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens in-memory stores: {@code memory:} a new one each time, {@code memory:NAME} the one of that name in this JVM,
 * which keeps its sessions when it is closed and opened again.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class InMemoryStoreProvider implements SessionStoreProvider {

    private static final Map<String, MemoryStore> NAMED = new ConcurrentHashMap<>();

    /** Makes the provider; called by {@link java.util.ServiceLoader}. */
    public InMemoryStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public String usage() {
        return "memory:[NAME]";
    }

    @Override
    public SessionService open(StoreUri uri) {
        uri.requireKnownParameters();
        String name = uri.location();
        MemoryStore store = name.isEmpty()
                ? new MemoryStore(Clock.systemUTC())
                : NAMED.computeIfAbsent(name, unknown -> new MemoryStore(Clock.systemUTC()));
        return new InMemorySessionService("memory:" + name, store, 1);
    }
}
