package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One way in which the target's copy differs from the source's.
 *
 * <p>Immutable. Holds names (state keys, field names, event ids), types and times; values only if they were asked for.
 *
 * @param path where, such as {@code state.cart.items[2]} or {@code events[7].actions.state_delta.user:theme}; names that
 *     are not plain stand in brackets and quotes. An event's index is its place in the source, or in the target if only
 *     that has it
 * @param kind how it differs
 * @param eventId the id of the event that it is in; empty if it is in none
 * @param detail more about it, such as the two types or how far two times are apart; empty if there is nothing to say
 *     without showing values
 * @since 0.1
 */
public record Difference(String path, Kind kind, Optional<String> eventId, Optional<String> detail) {

    /** How the target differs. */
    public enum Kind {
        /** Only the source has it. */
        MISSING,
        /** Only the target has it. */
        UNEXPECTED,
        /** Both have it, with different types. */
        DIFFERENT_TYPE,
        /** Both have it, with the same type and different values. */
        DIFFERENT_VALUE,
        /** The times are further apart than allowed. */
        DIFFERENT_TIME,
        /** The events that both have stand in different orders. */
        DIFFERENT_ORDER,
        /** The target's session is not whole: an import of it was broken off. */
        INCOMPLETE
    }

    /** Checks the parts. */
    public Difference {
        requireNonNull(path, "path");
        requireNonNull(kind, "kind");
        requireNonNull(eventId, "eventId");
        requireNonNull(detail, "detail");
    }
}
