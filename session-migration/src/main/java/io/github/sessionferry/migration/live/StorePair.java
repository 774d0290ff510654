package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.StoreSide;

/** The two stores of a migration. Immutable. */
record StorePair(SessionService source, SessionService target) {

    SessionService on(StoreSide side) {
        return side == StoreSide.SOURCE ? source : target;
    }

    /** Whether a session has its history in both, and is not only its state. */
    boolean keepEvents() {
        return source.capabilities().contains(Capability.EVENTS)
                && target.capabilities().contains(Capability.EVENTS);
    }
}
