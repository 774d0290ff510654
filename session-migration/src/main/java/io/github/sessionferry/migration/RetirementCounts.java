package io.github.sessionferry.migration;

/**
 * What a {@link Retirement} has met.
 *
 * <p>Immutable.
 *
 * @param deleted sessions that are old and proven to be in the target; of a dry run, those that would be deleted
 * @param young sessions that changed after the cut-off
 * @param gone sessions that somebody else deleted meanwhile
 * @param unproven sessions that are old and that the target does not have, or not all of; they stay
 * @param unreadable sessions and records that one of the stores cannot read; they stay
 * @param failed sessions about which a store gave no answer, after all retries
 * @since 0.1
 */
public record RetirementCounts(long deleted, long young, long gone, long unproven, long unreadable, long failed) {

    /**
     * All that was dealt with.
     *
     * @return the sum; not negative
     */
    public long done() {
        return deleted + young + gone + unproven + unreadable + failed;
    }
}
