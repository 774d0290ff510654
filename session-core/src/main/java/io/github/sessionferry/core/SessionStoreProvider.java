package io.github.sessionferry.core;

import java.util.Set;

/**
 * Opens the stores of some schemes. Found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations are thread-safe and have a public constructor without parameters.
 *
 * @since 0.1
 */
public interface SessionStoreProvider {

    /**
     * The schemes that this provider opens.
     *
     * @return schemes such as {@code file}, without a colon
     */
    Set<String> schemes();

    /**
     * Shows how to write an address of such a store, for messages.
     *
     * @return a pattern such as {@code file:DIR?layout=agent|adk-json}
     */
    String usage();

    /**
     * Opens a store.
     *
     * @param uri the store's address, of one of the schemes
     * @return the store, to be closed by the caller
     * @throws IllegalArgumentException if the address is wrong; the message says what and how to write it
     * @throws SessionException if the store cannot be opened
     */
    SessionService open(StoreUri uri);
}
