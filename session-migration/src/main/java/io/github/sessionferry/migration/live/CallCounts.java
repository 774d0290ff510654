package io.github.sessionferry.migration.live;

/**
 * How many calls were made, and how many of them failed.
 *
 * <p>Immutable.
 *
 * @param calls all calls; not negative
 * @param errors those that failed; not negative, at most all
 * @since 0.1
 */
public record CallCounts(long calls, long errors) {

    /** Nothing was called. */
    public static final CallCounts NONE = new CallCounts(0, 0);

    /** Checks the numbers. */
    public CallCounts {
        if (errors < 0 || calls < errors) {
            throw new IllegalArgumentException(
                    "errors are from 0 to the number of calls, " + calls + ", not " + errors);
        }
    }

    /**
     * The share that failed.
     *
     * @return from 0 to 1; 0 if nothing was called
     */
    public double errorRate() {
        return calls == 0 ? 0 : (double) errors / calls;
    }
}
