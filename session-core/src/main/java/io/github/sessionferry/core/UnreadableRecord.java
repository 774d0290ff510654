package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

/**
 * A record that a scan met and could not read as a session.
 *
 * <p>Immutable; holds no session content.
 *
 * @param location where the record stands, in the store's terms: a document path, a file name, a key
 * @param reason what is wrong with it and what to do, without any of its content
 * @since 0.1
 */
public record UnreadableRecord(String location, String reason) {

    /** Checks the parts. */
    public UnreadableRecord {
        requireNonNull(location, "location");
        requireNonNull(reason, "reason");
    }
}
