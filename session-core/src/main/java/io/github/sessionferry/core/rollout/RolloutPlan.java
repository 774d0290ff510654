package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Who is in which stage: the users whom the policy includes in the rollout stage, everybody else in the base stage.
 *
 * <p>The two stages are the same or one step apart, so that a user who enters or leaves moves one step.
 *
 * <p>A plan is unsettled while some process may still act by the plan before it. Until it is settled, processes compare
 * both stores at reads and wait for both at writes where the two plans differ in which store decides.
 *
 * <p>Immutable. {@link #toString()} shows no user ids.
 *
 * @since 0.1
 */
public final class RolloutPlan {

    private final long version;
    private final Stage base;
    private final Stage rollout;
    private final RolloutPolicy policy;
    private final boolean settled;

    private RolloutPlan(long version, Stage base, Stage rollout, RolloutPolicy policy, boolean settled) {
        if (!requireNonNull(base, "base").isBeside(requireNonNull(rollout, "rollout"))) {
            throw new IllegalArgumentException("base stage " + base + " and rollout stage " + rollout
                    + " are more than one step apart; a user can only move one step at a time");
        }
        this.version = version;
        this.base = base;
        this.rollout = rollout;
        this.policy = requireNonNull(policy, "policy");
        this.settled = settled;
    }

    /**
     * A settled plan.
     *
     * @param base the stage of everybody whom the policy does not include
     * @param rollout the stage of those whom it includes
     * @param policy who is included
     * @return the plan, with version 0
     * @throws IllegalArgumentException if the stages are more than one step apart
     */
    public static RolloutPlan of(Stage base, Stage rollout, RolloutPolicy policy) {
        return new RolloutPlan(0, base, rollout, policy, true);
    }

    /**
     * A settled plan with everybody in one stage.
     *
     * @param stage the stage
     * @return the plan, with version 0
     */
    public static RolloutPlan everybodyIn(Stage stage) {
        return of(
                stage, stage, RolloutPolicy.builder(RolloutPolicy.DEFAULT_SALT).build());
    }

    /**
     * The same plan with another version.
     *
     * @param version a number that grows with each plan of a migration
     * @return the plan
     */
    public RolloutPlan withVersion(long version) {
        return new RolloutPlan(version, base, rollout, policy, settled);
    }

    /**
     * The same plan, settled or not.
     *
     * @param settled false while some process may still act by the plan before this one
     * @return the plan
     */
    public RolloutPlan withSettled(boolean settled) {
        return new RolloutPlan(version, base, rollout, policy, settled);
    }

    /**
     * The stage of a user.
     *
     * @param userId the user's id; null or empty if there is none
     * @return the stage
     */
    public Stage stageOf(@Nullable String userId) {
        return base == rollout || !policy.decide(userId).included() ? base : rollout;
    }

    /**
     * Tells whether every user, whoever there may be, moves at most one step when this plan is replaced by another.
     *
     * <p>It takes no users to tell: the lists count one by one, and a percentage above 0 counts as somebody. Where
     * policies with different salts draw users anew, any user may enter and any may leave.
     *
     * @param next the plan that would replace this one
     * @return false if some user may move two steps or more
     */
    public boolean leadsTo(RolloutPlan next) {
        RolloutPolicy then = requireNonNull(next, "next").policy;
        return base.isBeside(next.base) // of users without an id
                && (rollout.isBeside(next.rollout) || !policy.mayIncludeSomeOf(then))
                && (base.isBeside(next.rollout) || policy.includesAllOf(then))
                && (rollout.isBeside(next.base) || then.includesAllOf(policy));
    }

    /** Tells whether no user may be beyond {@link Stage#SOURCE_ONLY}. */
    boolean isOff() {
        return base == Stage.SOURCE_ONLY && (rollout == Stage.SOURCE_ONLY || !policy.mayIncludeAnybody());
    }

    /** The plan with the users whom the policy includes in a stage, and everybody else in the one before it. */
    static RolloutPlan upTo(Stage stage, RolloutPolicy policy) {
        return of(stage.previous().orElse(stage), stage, policy);
    }

    /**
     * The number that tells plans of a migration apart.
     *
     * @return the version
     */
    public long version() {
        return version;
    }

    /**
     * The stage of everybody whom the policy does not include.
     *
     * @return the stage
     */
    public Stage base() {
        return base;
    }

    /**
     * The stage of those whom the policy includes.
     *
     * @return the stage
     */
    public Stage rollout() {
        return rollout;
    }

    /**
     * Who is included.
     *
     * @return the policy
     */
    public RolloutPolicy policy() {
        return policy;
    }

    /**
     * Whether every process is known to act by this plan.
     *
     * @return false while some process may still act by the plan before
     */
    public boolean isSettled() {
        return settled;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RolloutPlan that
                && version == that.version
                && base == that.base
                && rollout == that.rollout
                && settled == that.settled
                && policy.equals(that.policy);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version) * 31 + policy.hashCode();
    }

    @Override
    public String toString() {
        return "RolloutPlan[version=" + version + ", base=" + base + ", rollout=" + rollout
                + (settled ? "" : ", not settled") + ", " + policy + "]";
    }
}
