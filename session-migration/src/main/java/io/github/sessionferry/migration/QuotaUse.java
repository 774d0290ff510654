package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;

/**
 * How far a run used what a store let it call.
 *
 * <p>Immutable.
 *
 * @param store which store
 * @param kind which calls, such as {@code events appended}
 * @param perMinute how many a minute were allowed at the end: the store's quota less the reserve
 * @param allowed how many were allowed in the time from the first such call to the end
 * @param made how many were made, repeated ones included
 * @param refused how many of them the store refused because there were too many
 * @since 0.1
 */
public record QuotaUse(String store, String kind, double perMinute, double allowed, long made, long refused) {

    /** Checks the parts. */
    public QuotaUse {
        requireNonNull(store, "store");
        requireNonNull(kind, "kind");
    }

    static QuotaUse of(String store, CallQuota quota) {
        return new QuotaUse(store, quota.kind(), quota.perMinute(), quota.allowed(), quota.made(), quota.refused());
    }

    /**
     * Which part of the calls that were allowed was made.
     *
     * @return 0 to 1; in the first moments of a run it says little
     */
    public double shareUsed() {
        return made == 0 ? 0 : Math.min(1, made / Math.max(1, allowed));
    }

    /**
     * Which part of the calls made was refused.
     *
     * @return 0 to 1
     */
    public double shareRefused() {
        return made == 0 ? 0 : (double) refused / made;
    }
}
