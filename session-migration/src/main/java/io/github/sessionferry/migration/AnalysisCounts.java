package io.github.sessionferry.migration;

/**
 * What a {@link SessionAnalyzer} has met.
 *
 * <p>Immutable.
 *
 * @param sessions sessions that can be read
 * @param visitors those of them that belong to no user
 * @param users users who have sessions, each counted in each of their applications; above 65,536, to about a hundredth
 * @param usersExact whether the users are counted exactly
 * @param apps applications that have sessions
 * @param events events of all sessions
 * @param skipped sessions, records and scopes that cannot be read, or that the target would refuse
 * @param failed sessions and scopes that a store gave no answer about, after all retries
 * @since 0.1
 */
public record AnalysisCounts(
        long sessions,
        long visitors,
        long users,
        boolean usersExact,
        long apps,
        long events,
        long skipped,
        long failed) {}
