package io.github.sessionferry.core.rollout;

/**
 * What a change of policy does to one user.
 *
 * @see RolloutPolicy#moveTo(RolloutPolicy, String)
 * @since 0.1
 */
public enum RolloutMove {
    /** From the source to the target. */
    ENTERS,
    /** Back from the target to the source. */
    LEAVES,
    /** On the target before and after. */
    STAYS_ON_TARGET,
    /** On the source before and after. */
    STAYS_ON_SOURCE;

    static RolloutMove between(boolean includedBefore, boolean includedAfter) {
        if (includedBefore == includedAfter) {
            return includedAfter ? STAYS_ON_TARGET : STAYS_ON_SOURCE;
        }
        return includedAfter ? ENTERS : LEAVES;
    }
}
