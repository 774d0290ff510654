/**
 * Sessions that move while users talk: one service over both stores that goes through the stages of a rollout. Start at
 * {@link io.github.sessionferry.migration.live.StagedSessionService}.
 */
@NullMarked
package io.github.sessionferry.migration.live;

import org.jspecify.annotations.NullMarked;
