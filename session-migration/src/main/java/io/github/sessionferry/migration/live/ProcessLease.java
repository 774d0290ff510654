package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a process has last said of itself.
 *
 * <p>Immutable.
 *
 * @param process its id
 * @param acknowledged the newest version of the plan by which everything goes in it; negative if there is none yet
 * @param ownDebt how many sessions it owes
 * @param calls how many calls it has served since it began
 * @param errors how many of them failed
 * @param expires until when it is taken to be alive without saying more
 * @since 0.1
 */
public record ProcessLease(String process, long acknowledged, int ownDebt, long calls, long errors, Instant expires) {

    /** Checks that nothing is missing. */
    public ProcessLease {
        requireNonNull(process, "process");
        requireNonNull(expires, "expires");
    }

    boolean isExpired(Instant now) {
        return !now.isBefore(expires);
    }
}
