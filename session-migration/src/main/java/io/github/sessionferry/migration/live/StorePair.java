package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.StoreSide;

/** The two stores of a migration. Immutable. */
record StorePair(SessionService source, SessionService target) {

    SessionService on(StoreSide side) {
        return side == StoreSide.SOURCE ? source : target;
    }
}
