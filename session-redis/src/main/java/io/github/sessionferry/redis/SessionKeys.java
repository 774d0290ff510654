package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.List;

/**
 * The keys of one session. They share a hash slot, by what stands in braces: an id derived from the session's key, so that
 * no character of a user's reaches the keys. Immutable.
 *
 * @param session what the session has besides events, field by field
 * @param events the events' documents by id
 * @param order the events' ids in their order
 * @param pending shared state of appends that is not yet where it belongs
 */
record SessionKeys(String session, String events, String order, String pending) {

    static SessionKeys of(String prefix, SessionKey key) {
        return ofTag(prefix, DerivedId.of(key));
    }

    static SessionKeys ofTag(String prefix, String tag) {
        String common = prefix + "{" + tag + "}:";
        return new SessionKeys(common + "session", common + "events", common + "order", common + "pending");
    }

    List<String> all() {
        return List.of(session, events, order, pending);
    }
}
