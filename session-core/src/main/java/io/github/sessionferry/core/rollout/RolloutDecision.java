package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * Whether a user has moved to the target, and why.
 *
 * <p>It holds no user id, so it may be logged. Immutable.
 *
 * @param reason the rule that decided
 * @param bucket where the user's hash falls, 0 to 9,999; empty only if there was no user. It is there whatever the
 *     rule, so that one can tell what the percentage alone would do
 * @since 0.1
 */
public record RolloutDecision(Reason reason, OptionalInt bucket) {

    /**
     * Checks that the bucket is in its bounds and absent only without a user.
     *
     * @param reason the rule that decided
     * @param bucket 0 to 9,999; empty only for {@link Reason#NO_USER}
     * @throws IllegalArgumentException if it is not
     */
    public RolloutDecision {
        requireNonNull(reason, "reason");
        requireNonNull(bucket, "bucket");
        if (bucket.isPresent() == (reason == Reason.NO_USER)) {
            throw new IllegalArgumentException(
                    "a bucket is there exactly if there is a user, not for " + reason + " with bucket " + bucket);
        }
        int value = bucket.orElse(0);
        if (value < 0 || value >= Bucketing.BUCKETS) {
            throw new IllegalArgumentException("a bucket is 0 to 9999, not " + value);
        }
    }

    /**
     * Tells whether the user is served by the target.
     *
     * @return true for the target, false for the source
     */
    public boolean included() {
        return reason.included();
    }

    /**
     * The rule that decided, in order of precedence: the first that applies wins.
     *
     * @since 0.1
     */
    public enum Reason {
        /** There is no user id, or it is empty: source. */
        NO_USER(false),
        /** The rollout as a whole is switched off: source. */
        DISABLED(false),
        /** The user is on the deny list: source. */
        DENIED(false),
        /** The user is on the allowlist: target. */
        ALLOWED(true),
        /** The user's bucket is below the percentage: target. */
        WITHIN_PERCENTAGE(true),
        /** The percentage has not reached the user's bucket: source. */
        OUTSIDE_PERCENTAGE(false);

        private final boolean included;

        Reason(boolean included) {
            this.included = included;
        }

        /**
         * Tells whether users decided by this rule are served by the target.
         *
         * @return true for the target, false for the source
         */
        public boolean included() {
            return included;
        }
    }
}
