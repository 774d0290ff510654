package io.github.sessionferry.migration.live;

/**
 * What a stage move waits for, unless somebody overrides it by its name; that is recorded.
 *
 * @since 0.1
 */
public enum Guard {
    /** No change is known that one store has and the other may lack. */
    DEBT_ZERO,
    /** A complete validation has found both stores equal since every process goes by the current plan. */
    VALIDATED,
    /** Every process has said that nothing goes by an older plan than the current one. */
    DRAINED
}
