package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which events {@link SessionService#find} brings with a session.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class EventSelection {

    private static final EventSelection ALL = new EventSelection(Integer.MAX_VALUE, null);
    private static final EventSelection NONE = new EventSelection(0, null);

    private final int limit;
    private final @Nullable Instant since;

    private EventSelection(int limit, @Nullable Instant since) {
        this.limit = limit;
        this.since = since;
    }

    /**
     * Every event.
     *
     * @return the selection
     */
    public static EventSelection all() {
        return ALL;
    }

    /**
     * No event, only the session itself.
     *
     * @return the selection
     */
    public static EventSelection none() {
        return NONE;
    }

    /**
     * The newest events.
     *
     * @param count how many at most; at least 1
     * @return the selection
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static EventSelection last(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count is " + count + "; it must be at least 1, or use none()");
        }
        return new EventSelection(count, null);
    }

    /**
     * The events from a time on.
     *
     * @param time the earliest timestamp, inclusive
     * @return the selection
     */
    public static EventSelection since(Instant time) {
        return new EventSelection(Integer.MAX_VALUE, requireNonNull(time, "time"));
    }

    /**
     * How many of the newest events are wanted at most.
     *
     * @return the bound; {@link Integer#MAX_VALUE} if there is none, 0 for no events
     */
    public int limit() {
        return limit;
    }

    /**
     * The earliest timestamp wanted.
     *
     * @return the time, inclusive, or empty if there is no bound
     */
    public Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /**
     * Picks the selected events.
     *
     * @param events a session's events, oldest first
     * @return those selected, in the same order
     */
    public List<SessionEvent> apply(List<SessionEvent> events) {
        List<SessionEvent> wanted = since == null
                ? events
                : events.stream()
                        .filter(event -> !event.timestamp().isBefore(since))
                        .toList();
        return wanted.size() <= limit ? wanted : wanted.subList(wanted.size() - limit, wanted.size());
    }
}
