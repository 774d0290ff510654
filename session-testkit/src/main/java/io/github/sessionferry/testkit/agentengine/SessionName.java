package io.github.sessionferry.testkit.agentengine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A session of an engine; its id is one that the service accepts. */
record SessionName(EngineName engine, String sessionId) {
    private static final Pattern NAME = Pattern.compile(EngineName.PATTERN + "/sessions/([^/]+)");
    private static final Pattern ID = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    static Optional<SessionName> parse(String name) {
        Matcher parts = NAME.matcher(name);
        return parts.matches() && isValidId(parts.group(4))
                ? Optional.of(new SessionName(EngineName.of(parts), parts.group(4)))
                : Optional.empty();
    }

    static boolean isValidId(String id) {
        return ID.matcher(id).matches();
    }

    @Override
    public String toString() {
        return engine + "/sessions/" + sessionId;
    }
}
