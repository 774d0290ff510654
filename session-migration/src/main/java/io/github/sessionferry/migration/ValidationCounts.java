package io.github.sessionferry.migration;

/**
 * How many sessions a validation has compared, and what it found.
 *
 * <p>Immutable.
 *
 * @param source sessions of the source that were compared
 * @param target sessions of the target that were looked for in the source
 * @param matched sessions that are the same in both
 * @param different sessions that both have, with differences
 * @param missing sessions that only the source has
 * @param unexpected sessions that only the target has
 * @param repaired sessions that differed or were missing and were repaired; they are among those that are the same
 * @param unreadableInSource records and sessions of the source that cannot be read
 * @param unreadableInTarget records and sessions of the target that cannot be read
 * @param failed sessions and scopes that could not be compared because a store failed, after all retries
 * @param differences differences in all sessions and scopes together
 * @param sharedScopes applications and users whose shared state was compared
 * @param sharedDifferent those whose shared state differs
 * @param sharedRepaired those whose shared state differed and was repaired
 * @since 0.1
 */
public record ValidationCounts(
        long source,
        long target,
        long matched,
        long different,
        long missing,
        long unexpected,
        long repaired,
        long unreadableInSource,
        long unreadableInTarget,
        long failed,
        long differences,
        long sharedScopes,
        long sharedDifferent,
        long sharedRepaired) {

    /**
     * Sessions that differ in any way.
     *
     * @return those that are different, missing or unexpected
     */
    public long differing() {
        return different + missing + unexpected;
    }

    boolean foundDifference() {
        return differing() + sharedDifferent > 0;
    }

    boolean comparedAll() {
        return unreadableInSource + unreadableInTarget + failed == 0;
    }
}
