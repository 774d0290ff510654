package io.github.sessionferry.migration;

import io.github.sessionferry.core.CallQuota;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One of a validation's two passes over the sessions, which go at different paces. Immutable.
 *
 * @param left how many sessions were left at its begin, about; empty if the store cannot tell
 * @param doneBefore how many had been dealt with before, by another attempt
 * @param begun when it began
 * @param quotasBefore what had been called by then
 */
record ValidationPass(OptionalLong left, long doneBefore, Instant begun, List<CallQuota> quotasBefore) {

    /**
     * How long it will take yet.
     *
     * @param done how many sessions have been dealt with
     * @param quotas what has been called
     */
    Optional<RemainingTime> remaining(long done, Instant now, List<CallQuota> quotas) {
        long doneNow = done - doneBefore;
        return RemainingTime.estimate(left, doneNow, doneNow, Duration.between(begun, now), since(quotas));
    }

    private List<CallQuota> since(List<CallQuota> quotas) {
        List<CallQuota> since = new ArrayList<>(quotas.size());
        for (int i = 0; i < quotas.size(); i++) {
            CallQuota quota = quotas.get(i);
            since.add(new CallQuota(
                    quota.kind(),
                    quota.perMinute(),
                    quota.ratePerMinute(),
                    quota.growth(),
                    quota.step(),
                    quota.allowed(),
                    quota.made() - quotasBefore.get(i).made(),
                    quota.refused()));
        }
        return since;
    }
}
