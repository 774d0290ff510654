package io.github.sessionferry.testkit.agentengine;

/**
 * How many calls a minute each project and region may make. Immutable.
 *
 * @param sessionWrites creates, updates and deletes of sessions a minute; positive
 * @param appends appended events a minute; positive
 * @param reads gets and lists of sessions and events a minute; positive
 * @since 0.1
 */
public record Quotas(long sessionWrites, long appends, long reads) {
    /**
     * Checks the numbers.
     *
     * @param sessionWrites creates, updates and deletes of sessions a minute
     * @param appends appended events a minute
     * @param reads gets and lists a minute
     * @throws IllegalArgumentException if one is not positive
     * @since 0.1
     */
    public Quotas {
        positive(sessionWrites, "sessionWrites");
        positive(appends, "appends");
        positive(reads, "reads");
    }

    /**
     * Returns quotas that no test reaches.
     *
     * @return the default of the fake
     * @since 0.1
     */
    public static Quotas unlimited() {
        return new Quotas(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Returns the quotas that the real service gives every project: 100 session writes, 300 appends, 10,000 reads.
     *
     * @return the published quotas
     * @since 0.1
     */
    public static Quotas published() {
        return new Quotas(100, 300, 10_000);
    }

    /**
     * Scales all of the quotas.
     *
     * @param factor by how much; positive
     * @return the scaled quotas, at least 1 each
     * @throws IllegalArgumentException if the factor is not positive
     * @since 0.1
     */
    public Quotas times(double factor) {
        if (!(factor > 0)) {
            throw new IllegalArgumentException("factor must be positive, was " + factor);
        }
        return new Quotas(scaled(sessionWrites, factor), scaled(appends, factor), scaled(reads, factor));
    }

    private static long scaled(long quota, double factor) {
        return Math.max(1, Math.round(quota * factor));
    }

    private static void positive(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }
}
