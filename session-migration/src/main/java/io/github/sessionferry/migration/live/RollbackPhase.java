package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.Stage;

/**
 * The phases of a rollback, in their order; those that a migration is not in yet, or need not go through, are left out.
 *
 * @since 0.1
 */
public enum RollbackPhase {
    /** Nobody goes further any more: the users who have gone further than the others go back to them. */
    STOP_ROLLOUT,
    /** The source is written again. */
    WRITE_SOURCE_AGAIN,
    /** What was written to the target alone is carried back to the source. */
    CARRY_BACK,
    /** Both stores are proven equal. */
    VALIDATE,
    /** The source decides again: it is read first, and written first. */
    REVERT_PRIORITY,
    /** The target is compared, and then written, no more. */
    DISABLE_TARGET;

    static RollbackPhase of(StageStep step) {
        if (step.changesAuthority()) {
            return REVERT_PRIORITY;
        }
        return step.to().compareTo(Stage.TARGET_FIRST) >= 0 ? WRITE_SOURCE_AGAIN : DISABLE_TARGET;
    }
}
