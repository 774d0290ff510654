package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A page of {@link SessionService#list}.
 *
 * <p>Immutable.
 *
 * @param sessions sessions found; possibly none although more pages follow
 * @param next where the next page begins; empty only when the end was reached for certain
 * @since 0.1
 */
public record SessionPage(List<SessionSummary> sessions, Optional<ScanCursor> next) {

    /** Copies the list. */
    public SessionPage {
        sessions = List.copyOf(sessions);
        requireNonNull(next, "next");
    }
}
