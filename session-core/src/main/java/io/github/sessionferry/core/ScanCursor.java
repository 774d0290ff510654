package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

/**
 * A place in a scan, to go on from: in this process, or in a later one that was handed the {@linkplain #token() token}.
 *
 * <p>Opaque to all but the store that gave it. Immutable.
 *
 * @param token the store's own text; empty for the very beginning
 * @since 0.1
 */
public record ScanCursor(String token) {

    /** The beginning of a scan in one partition. */
    public static final ScanCursor START = new ScanCursor("");

    /** Checks the token. */
    public ScanCursor {
        requireNonNull(token, "token");
    }
}
