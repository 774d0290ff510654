package io.github.sessionferry.vertex;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Under which ids an engine may hold a session: under its own, if that is legal there and no session of another user or
 * application has it, otherwise under a derived one.
 */
final class EngineIds {

    private static final Pattern LEGAL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private EngineIds() {}

    /** The ids to look at, in this order; the session is under the first one that its key owns. */
    static List<String> candidates(SessionKey key) {
        String derived = DerivedId.of(key);
        return LEGAL.matcher(key.sessionId()).matches() ? List.of(key.sessionId(), derived) : List.of(derived);
    }

    /** The last segment of a resource's name. */
    static String lastSegment(String resourceName) {
        return resourceName.substring(resourceName.lastIndexOf('/') + 1);
    }
}
