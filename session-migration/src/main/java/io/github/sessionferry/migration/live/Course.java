package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;

/**
 * What one operation does, decided once at its beginning. Immutable.
 *
 * @param stage the user's stage
 * @param authority the store that decides
 * @param appAuthority the store that decides on the state that the application's sessions share: that of the base stage,
 *     whatever the user's
 * @param writesOther whether the other store is written after it
 * @param waitsForOther whether the caller waits for that as long as it takes
 * @param neverWaits whether the caller does not wait for it at all
 * @param compares whether both stores are compared before anything else, for somebody may have written to the other one
 * @param fallsBack whether the other store is read if this one fails
 * @param adopts whether a session that only the other store has is copied
 */
record Course(
        Stage stage,
        StoreSide authority,
        StoreSide appAuthority,
        boolean writesOther,
        boolean waitsForOther,
        boolean neverWaits,
        boolean compares,
        boolean fallsBack,
        boolean adopts) {

    private static final Course EMERGENCY =
            new Course(Stage.SOURCE_ONLY, StoreSide.SOURCE, StoreSide.SOURCE, false, false, false, false, false, false);

    /** The source alone, whatever the plan says. */
    static Course emergency() {
        return EMERGENCY;
    }

    /**
     * The course by a plan.
     *
     * @param talksLive whether users talk live too, which the source serves in every stage
     * @param legacyEnded whether sessions that only the source has are no longer looked for
     */
    static Course of(RolloutPlan plan, String userId, Channel channel, boolean talksLive, boolean legacyEnded) {
        Stage stage = plan.stageOf(userId);
        StoreSide appAuthority = plan.base().authority();
        if (channel == Channel.LIVE) {
            return new Course(
                    stage,
                    StoreSide.SOURCE,
                    appAuthority,
                    stage != Stage.SOURCE_ONLY,
                    false,
                    true,
                    false,
                    false,
                    false);
        }
        StoreSide authority = stage.authority();
        boolean authorityMoves = !plan.isSettled() && (stage == Stage.SHADOW || stage == Stage.TARGET_FIRST);
        boolean alsoLive = talksLive && authority == StoreSide.TARGET;
        return new Course(
                stage,
                authority,
                appAuthority,
                stage.writesBoth() || alsoLive,
                authorityMoves,
                false,
                authorityMoves || alsoLive,
                stage.writesBoth(),
                stage == Stage.TARGET_FIRST || (stage == Stage.TARGET_WITH_FALLBACK && !legacyEnded));
    }

    StoreSide other() {
        return authority.other();
    }

    /** What the authority takes over from the other store: others may have written there what it does not have yet. */
    Settlement.Carry carry() {
        return compares ? Settlement.Carry.EVENTS : Settlement.Carry.NOTHING;
    }

    /** Whether a change of the application's state is another store's to decide than the session's. */
    boolean splits(TouchedScopes touched) {
        return touched.app() && writesOther && !neverWaits && appAuthority != authority;
    }
}
