package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A page of {@link SessionService#scan}.
 *
 * <p>Immutable.
 *
 * @param sessions sessions found; possibly none although more pages follow
 * @param unreadable records met that are no readable session
 * @param passedOver records met that are none of this store's, such as sessions in another layout
 * @param next where the next page begins; empty only when the end was reached for certain
 * @since 0.1
 */
public record ScanPage(
        List<SessionSummary> sessions,
        List<UnreadableRecord> unreadable,
        List<UnreadableRecord> passedOver,
        Optional<ScanCursor> next) {

    /** Copies the lists. */
    public ScanPage {
        sessions = List.copyOf(sessions);
        unreadable = List.copyOf(unreadable);
        passedOver = List.copyOf(passedOver);
        requireNonNull(next, "next");
    }

    /**
     * A page on which nothing was passed over.
     *
     * @param sessions sessions found
     * @param unreadable records met that are no readable session
     * @param next where the next page begins
     */
    public ScanPage(List<SessionSummary> sessions, List<UnreadableRecord> unreadable, Optional<ScanCursor> next) {
        this(sessions, unreadable, List.of(), next);
    }
}
