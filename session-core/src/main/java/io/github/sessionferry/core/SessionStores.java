package io.github.sessionferry.core;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Opens stores by their address, with whatever providers are on the class path.
 *
 * <p>Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class SessionStores {

    private SessionStores() {}

    /**
     * Opens a store.
     *
     * @param address the address, such as {@code memory:} or {@code file:/var/lib/sessions?layout=agent}
     * @return the store, to be closed by the caller
     * @throws IllegalArgumentException if the address is wrong, or no provider knows its scheme; the message says what
     *     may be written
     * @throws SessionException if the store cannot be opened
     */
    public static SessionService open(String address) {
        StoreUri uri = StoreUri.parse(address);
        List<String> usages = new ArrayList<>();
        for (SessionStoreProvider provider : ServiceLoader.load(SessionStoreProvider.class)) {
            if (provider.schemes().contains(uri.scheme())) {
                return provider.open(uri);
            }
            usages.add(provider.usage());
        }
        throw new IllegalArgumentException(
                "no store is known by the scheme '" + uri.scheme() + "'; known are: " + String.join(" · ", usages));
    }
}
