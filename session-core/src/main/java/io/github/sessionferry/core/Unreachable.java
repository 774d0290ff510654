package io.github.sessionferry.core;

import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Finds out whether a store's client failed because it has no connection, for stores to say so in their errors.
 *
 * <p>Thread-safe: a static method only.
 *
 * @since 0.1
 */
public final class Unreachable {

    private static final int DEEPEST = 20;

    private Unreachable() {}

    /**
     * Says why there is no connection, and what to check.
     *
     * @param failure what the client threw
     * @return a text such as {@code no connection (Connection refused: /127.0.0.1:8080); check …}, or empty if something
     *     else failed
     */
    public static Optional<String> explain(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof SocketException) {
                return Optional.of("no connection (" + cause.getMessage()
                        + "); check the address, and that a server listens there and no firewall is between");
            }
            if (cause instanceof UnknownHostException) {
                return Optional.of(
                        "no host of this name (" + cause.getMessage() + "); check the address and the name service");
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
