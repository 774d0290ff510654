/**
 * Who moves, and when: a gradual rollout by user. Start at {@link
 * io.github.sessionferry.core.rollout.RolloutPolicy}. Every type is immutable unless it says otherwise.
 */
@NullMarked
package io.github.sessionferry.core.rollout;

import org.jspecify.annotations.NullMarked;
