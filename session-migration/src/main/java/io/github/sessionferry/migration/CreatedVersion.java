package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import java.time.Instant;

/**
 * What a session was when a migration created it in the target. Immutable.
 *
 * @param updateTime its update time
 * @param events how many events it had
 */
record CreatedVersion(Instant updateTime, int events) {

    static CreatedVersion of(Session session) {
        return new CreatedVersion(session.updateTime(), session.events().size());
    }
}
