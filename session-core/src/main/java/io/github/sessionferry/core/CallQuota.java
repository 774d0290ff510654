package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

/**
 * How many calls of one kind a store lets a caller make, and what became of those that were made.
 *
 * <p>Immutable.
 *
 * @param kind which calls, for people, such as {@code events appended}
 * @param perMinute how many a minute may be made: the store's quota less the reserve; more than zero
 * @param ratePerMinute how many a minute are made at most at the moment; less than {@code perMinute} for a while after the
 *     store refused a call
 * @param allowed how many could have been made since the first one
 * @param made how many were made, refused and repeated ones included
 * @param refused how many of them the store refused because there were too many
 * @since 0.1
 */
public record CallQuota(String kind, double perMinute, double ratePerMinute, double allowed, long made, long refused) {

    /** Checks the parts. */
    public CallQuota {
        requireNonNull(kind, "kind");
        if (!(perMinute > 0)) {
            throw new IllegalArgumentException("perMinute is " + perMinute + "; it must be more than zero");
        }
    }
}
