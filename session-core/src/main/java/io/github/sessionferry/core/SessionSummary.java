package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a listing or a scan tells of a session without reading its events.
 *
 * <p>Immutable.
 *
 * @param key which session
 * @param updateTime when it last changed, as far as the store can tell without reading its events; to the microsecond
 * @since 0.1
 */
public record SessionSummary(SessionKey key, Instant updateTime) {

    /** Brings the time to microseconds. */
    public SessionSummary {
        requireNonNull(key, "key");
        updateTime = StateValues.toMicros(updateTime);
    }
}
