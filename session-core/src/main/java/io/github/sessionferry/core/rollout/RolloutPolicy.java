package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.rollout.RolloutDecision.Reason;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which users have moved to the target of a migration.
 *
 * <pre>{@code
 * RolloutPolicy policy = RolloutPolicy.builder("firestore-to-agent-engine")
 *         .allowedUserIds(Set.of("tester"))
 *         .percentage(12.5)
 *         .build();
 * boolean target = policy.decide(userId).included();
 * }</pre>
 *
 * <p>The first rule that applies wins: no user id or an empty one stays on the source; a policy that is switched off
 * keeps everybody there; then the deny list; then the allowlist; then the percentage.
 *
 * <p><b>Guarantees.</b> The same policy gives a user the same answer in every process, whatever the JDK, its default
 * charset, locale and time zone. Raising the percentage never moves anybody out; lowering it moves out first those who
 * came last. 0 admits nobody, 100 everybody. Policies with different salts choose independently of each other.
 *
 * <p><b>How.</b> A user's bucket, 0 to 9,999, comes from <i>h</i>, the unsigned murmur3_x86_32 with seed 0 of the UTF-8
 * of {@code salt + ":" + userId}: (<i>h</i> mod 100) · 100 + (<i>h</i> div 100) mod 100. The user is within <i>p</i>
 * percent if the bucket is less than <i>p</i> · 100. At whole percents these are exactly the users that Unleash's
 * gradual rollout admits with the salt as its group id.
 *
 * <p>User ids are opaque and compared exactly: nothing is trimmed, folded or normalised. A surrogate without its other
 * half is hashed as {@code ?}.
 *
 * <p>Immutable. {@link #toString()} shows no user ids.
 *
 * @since 0.1
 */
public final class RolloutPolicy {

    /**
     * The salt of {@link #fromEnvironment(Map)} when the environment names none: {@value}.
     *
     * @since 0.1
     */
    public static final String DEFAULT_SALT = "session-ferry";

    private final String salt;
    private final String keyPrefix;
    private final boolean enabled;
    private final Set<String> allowedUserIds;
    private final Set<String> deniedUserIds;
    private final int basisPoints;

    private RolloutPolicy(Builder builder) {
        this.salt = builder.salt;
        this.keyPrefix = Bucketing.keyPrefix(builder.salt);
        this.enabled = builder.enabled;
        this.allowedUserIds = builder.allowedUserIds;
        this.deniedUserIds = builder.deniedUserIds;
        this.basisPoints = builder.basisPoints;
    }

    /**
     * Starts a policy that is switched on and admits nobody yet.
     *
     * @param salt the migration's name: the same in all its processes, another for another migration. Changing it
     *     draws all users anew
     * @return a new builder
     * @throws IllegalArgumentException if the salt is blank or contains {@code :}
     */
    public static Builder builder(String salt) {
        return new Builder(salt);
    }

    /**
     * Reads the policy from environment variables.
     *
     * <table class="striped">
     * <caption>Variables; white space around a value is ignored</caption>
     * <thead><tr><th scope="col">variable</th><th scope="col">meaning</th></tr></thead>
     * <tbody>
     * <tr><th scope="row">{@code AGENT_ENGINE_ID}</th><td>The master switch: the target's engine, as its id or its full
     *     resource name. Unset or blank switches the policy off, which is how one rolls back.</td></tr>
     * <tr><th scope="row">{@code AGENT_ENGINE_RESOURCE_NAME}</th><td>The same engine as {@code
     *     projects/P/locations/L/reasoningEngines/ID}. If it is missing or names another engine while {@code
     *     AGENT_ENGINE_ID} is set, the policy is switched off.</td></tr>
     * <tr><th scope="row">{@code GCP_PROJECT_ID}, {@code GCP_LOCATION}</th><td>If set, they must be those of the engine,
     *     or the policy is switched off. A project's id is not compared with a project's number.</td></tr>
     * <tr><th scope="row">{@code MIGRATED_USER_IDS}</th><td>The allowlist, separated by commas. Empty entries, repeated
     *     ones and white space around an entry are ignored, with a warning. Ids that hold a comma, or begin or end with
     *     white space, can only be listed by {@link Builder#allowedUserIds(Collection)}.</td></tr>
     * <tr><th scope="row">{@code MIGRATION_PERCENTAGE}</th><td>0 to 100, at most two decimals. Unset or malformed is
     *     0.</td></tr>
     * <tr><th scope="row">{@code MIGRATION_SALT}</th><td>The migration's name; unset or blank is {@link #DEFAULT_SALT}.
     *     If it contains {@code :}, the policy is switched off, for another salt would move the wrong users.</td></tr>
     * </tbody>
     * </table>
     *
     * <p>Bad values never fail and never move anybody to the target: each is logged once, as a warning without user
     * ids, and users stay on the source.
     *
     * @param environment the variables by name, such as {@link System#getenv()}; others in it are ignored
     * @return the policy
     * @see MigrationEnvironment
     */
    public static RolloutPolicy fromEnvironment(Map<String, String> environment) {
        requireNonNull(environment, "environment");
        return RolloutEnvironment.logging(environment).policy();
    }

    /**
     * Decides for a user.
     *
     * <p>Never blocks and never fails, whatever the id.
     *
     * @param userId the user's id as the application knows it; null or empty if there is none
     * @return whether the user is served by the target, by which rule, and the user's bucket
     */
    public RolloutDecision decide(@Nullable String userId) {
        if (userId == null || userId.isEmpty()) {
            return new RolloutDecision(Reason.NO_USER, OptionalInt.empty());
        }
        int bucket = Bucketing.bucket(keyPrefix, userId);
        return new RolloutDecision(reason(userId, bucket), OptionalInt.of(bucket));
    }

    private Reason reason(String userId, int bucket) {
        if (!enabled) {
            return Reason.DISABLED;
        }
        if (deniedUserIds.contains(userId)) {
            return Reason.DENIED;
        }
        if (allowedUserIds.contains(userId)) {
            return Reason.ALLOWED;
        }
        return bucket < basisPoints ? Reason.WITHIN_PERCENTAGE : Reason.OUTSIDE_PERCENTAGE;
    }

    /**
     * Tells what replacing this policy by another would do to a user.
     *
     * <pre>{@code
     * RolloutPolicy next = policy.toBuilder().percentage(25).build();
     * Map<RolloutMove, Long> preview = userIds.collect(
     *         Collectors.groupingBy(userId -> policy.moveTo(next, userId), Collectors.counting()));
     * }</pre>
     *
     * @param next the policy that would replace this one
     * @param userId the user's id; null or empty if there is none
     * @return whether the user enters, leaves or stays
     */
    public RolloutMove moveTo(RolloutPolicy next, @Nullable String userId) {
        requireNonNull(next, "next");
        return RolloutMove.between(
                decide(userId).included(), next.decide(userId).included());
    }

    /** Tells whether this policy may include a user; a percentage above 0 may. */
    boolean mayIncludeAnybody() {
        return enabled && (basisPoints > 0 || allowedUserIds.stream().anyMatch(this::includes));
    }

    /**
     * Tells whether every user whom another policy may include is included by this one: whether nobody leaves if this one
     * replaces it.
     *
     * @param other the other policy
     * @return false if there may be a user whom only the other policy includes
     */
    public boolean includesAllOf(RolloutPolicy other) {
        if (!other.mayIncludeAnybody()) {
            return true;
        }
        boolean percentageIsIncluded = other.basisPoints == 0
                || basisPoints == Bucketing.BUCKETS
                || (salt.equals(other.salt) && other.basisPoints <= basisPoints);
        return enabled
                && percentageIsIncluded
                && other.allowedUserIds.stream().noneMatch(userId -> other.includes(userId) && !includes(userId))
                && deniedUserIds.stream().noneMatch(other::includes);
    }

    /**
     * Tells whether there may be a user whom both policies include.
     *
     * @param other the other policy
     * @return false if there can be none
     */
    public boolean mayIncludeSomeOf(RolloutPolicy other) {
        if (!enabled || !other.enabled) {
            return false;
        }
        return (basisPoints > 0 && other.basisPoints > 0)
                || allowedUserIds.stream().anyMatch(userId -> includes(userId) && other.includes(userId))
                || other.allowedUserIds.stream().anyMatch(userId -> includes(userId) && other.includes(userId));
    }

    private boolean includes(String userId) {
        return decide(userId).included();
    }

    /**
     * Returns the name of the migration, which seasons the hash.
     *
     * @return the salt; not blank, without {@code :}
     */
    public String salt() {
        return salt;
    }

    /**
     * Tells whether the policy is switched on.
     *
     * @return false if everybody is on the source whatever the lists and the percentage say
     */
    public boolean enabled() {
        return enabled;
    }

    /**
     * Returns the users who are on the target whatever the percentage.
     *
     * @return an unmodifiable set in the order given
     */
    public Set<String> allowedUserIds() {
        return allowedUserIds;
    }

    /**
     * Returns the users who are on the source whatever the percentage and the allowlist.
     *
     * @return an unmodifiable set in the order given
     */
    public Set<String> deniedUserIds() {
        return deniedUserIds;
    }

    /**
     * Returns the share of users on the target.
     *
     * @return 0 to 100, in steps of 0.01; {@link Builder#percentage(double)} takes it back unchanged
     */
    public double percentage() {
        return BasisPoints.toPercentage(basisPoints);
    }

    /**
     * Starts a policy with everything as in this one.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RolloutPolicy that
                && salt.equals(that.salt)
                && enabled == that.enabled
                && basisPoints == that.basisPoints
                && allowedUserIds.equals(that.allowedUserIds)
                && deniedUserIds.equals(that.deniedUserIds);
    }

    @Override
    public int hashCode() {
        return Objects.hash(salt, enabled, basisPoints, allowedUserIds, deniedUserIds);
    }

    @Override
    public String toString() {
        return "RolloutPolicy[salt=" + salt + ", enabled=" + enabled + ", percentage=" + percentage() + ", "
                + allowedUserIds.size() + " allowed, " + deniedUserIds.size() + " denied]";
    }

    /**
     * Builds a {@link RolloutPolicy}. Each method replaces what the same method set before. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final String salt;
        private boolean enabled = true;
        private Set<String> allowedUserIds = Set.of();
        private Set<String> deniedUserIds = Set.of();
        private int basisPoints;

        private Builder(String salt) {
            requireNonNull(salt, "salt");
            if (salt.isBlank() || salt.indexOf(':') >= 0) {
                throw new IllegalArgumentException(
                        "a salt is the migration's name, not blank and without \":\"; choose another name");
            }
            this.salt = salt;
        }

        private Builder(RolloutPolicy policy) {
            this.salt = policy.salt;
            this.enabled = policy.enabled;
            this.allowedUserIds = policy.allowedUserIds;
            this.deniedUserIds = policy.deniedUserIds;
            this.basisPoints = policy.basisPoints;
        }

        /**
         * Switches the whole policy on, which it is unless told otherwise, or off.
         *
         * @param enabled false to keep everybody on the source
         * @return this builder
         */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * Sets who is on the target whatever the percentage.
         *
         * @param userIds exact ids; repeated ones count once
         * @return this builder
         * @throws IllegalArgumentException if an id is empty
         */
        public Builder allowedUserIds(Collection<String> userIds) {
            this.allowedUserIds = copyOf(userIds);
            return this;
        }

        /**
         * Sets who is on the source whatever the percentage and the allowlist.
         *
         * @param userIds exact ids; repeated ones count once
         * @return this builder
         * @throws IllegalArgumentException if an id is empty
         */
        public Builder deniedUserIds(Collection<String> userIds) {
            this.deniedUserIds = copyOf(userIds);
            return this;
        }

        /**
         * Sets the share of users on the target.
         *
         * @param percentage 0 to 100, in steps of 0.01
         * @return this builder
         * @throws IllegalArgumentException if it is out of bounds, not a number, or finer than a step
         */
        public Builder percentage(double percentage) {
            this.basisPoints = BasisPoints.of(percentage);
            return this;
        }

        /**
         * Sets the share of users on the target as somebody wrote it.
         *
         * @param percentage ASCII digits, with at most two more after a point; 0 to 100, without sign, blanks, {@code %}
         *     or exponent
         * @return this builder
         * @throws IllegalArgumentException if it is anything else
         */
        public Builder percentage(String percentage) {
            this.basisPoints = BasisPoints.parse(requireNonNull(percentage, "percentage"));
            return this;
        }

        /**
         * Builds the policy.
         *
         * @return a policy that later changes of this builder do not touch
         */
        public RolloutPolicy build() {
            return new RolloutPolicy(this);
        }

        // Not Set.copyOf: its probing degrades to a linear search when ids are chosen to collide.
        private static Set<String> copyOf(Collection<String> userIds) {
            Set<String> copy = new LinkedHashSet<>();
            for (String userId : requireNonNull(userIds, "userIds")) {
                if (requireNonNull(userId, "userId").isEmpty()) {
                    throw new IllegalArgumentException("a listed user id is empty; no user id is never on the target");
                }
                copy.add(userId);
            }
            return Collections.unmodifiableSet(copy);
        }
    }
}
