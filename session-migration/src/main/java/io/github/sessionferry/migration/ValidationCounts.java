package io.github.sessionferry.migration;

/**
 * How many sessions a validation has compared, and what it found.
 *
 * <p>Immutable.
 *
 * @param source sessions that the source's scan told
 * @param target sessions that the target's scan told
 * @param matched sessions that are the same in both
 * @param different sessions that both have, with differences
 * @param missing sessions that only the source has
 * @param unexpected sessions that only the target has
 * @param unreadableInSource records and sessions of the source that cannot be read
 * @param unreadableInTarget records and sessions of the target that cannot be read
 * @param failed sessions and scopes that could not be compared because a store failed, after all retries
 * @param differences differences in all sessions and scopes together
 * @param sharedScopes applications and users whose shared state was compared
 * @param sharedDifferent those whose shared state differs
 * @since 0.1
 */
public record ValidationCounts(
        long source,
        long target,
        long matched,
        long different,
        long missing,
        long unexpected,
        long unreadableInSource,
        long unreadableInTarget,
        long failed,
        long differences,
        long sharedScopes,
        long sharedDifferent) {

    boolean allEqual() {
        return different + missing + unexpected + unreadableInSource + unreadableInTarget + failed + sharedDifferent
                == 0;
    }
}
