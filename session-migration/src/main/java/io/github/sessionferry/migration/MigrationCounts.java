package io.github.sessionferry.migration;

/**
 * How many sessions a migration has dealt with, and how.
 *
 * <p>Immutable.
 *
 * @param created sessions that the target did not have and was given; of a dry run, would be given
 * @param updated sessions that the target had and that were brought up to the source
 * @param unchanged sessions that the target already held
 * @param targetAhead sessions that are newer in the target and were left so
 * @param gone sessions that the source deleted meanwhile
 * @param skipped sessions and records that cannot be read or converted as they are
 * @param failed sessions that could not be moved, after all retries
 * @param eventsAppended events that the target was given
 * @param retries tries that failed and were repeated with success
 * @since 0.1
 */
public record MigrationCounts(
        long created,
        long updated,
        long unchanged,
        long targetAhead,
        long gone,
        long skipped,
        long failed,
        long eventsAppended,
        long retries) {

    /**
     * Counts the sessions that were written.
     *
     * @return those created and those updated
     */
    public long migrated() {
        return created + updated;
    }

    /**
     * Counts the sessions and records that were dealt with.
     *
     * @return all of them, whatever became of them
     */
    public long done() {
        return created + updated + unchanged + targetAhead + gone + skipped + failed;
    }
}
