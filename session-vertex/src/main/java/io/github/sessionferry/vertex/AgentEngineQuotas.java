package io.github.sessionferry.vertex;

/**
 * How many calls a minute a project may make in a region.
 *
 * <p>Immutable.
 *
 * @param sessionWrites creations, updates and deletions of sessions; at least 1
 * @param appends appended events; at least 1
 * @param reads reads of a session, and of a page of sessions or events; at least 1
 * @since 0.1
 */
public record AgentEngineQuotas(long sessionWrites, long appends, long reads) {

    /** As many calls as one likes. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Checks the numbers. */
    public AgentEngineQuotas {
        check("sessionWrites", sessionWrites);
        check("appends", appends);
        check("reads", reads);
    }

    /**
     * The quotas that every project has from the beginning, as Google publishes them.
     *
     * @return 100 session writes, 300 appends, 10,000 reads
     */
    public static AgentEngineQuotas published() {
        return new AgentEngineQuotas(100, 300, 10_000);
    }

    /**
     * No quotas, as at an emulator.
     *
     * @return all unlimited
     */
    public static AgentEngineQuotas none() {
        return new AgentEngineQuotas(UNLIMITED, UNLIMITED, UNLIMITED);
    }

    private static void check(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1 a minute");
        }
    }
}
