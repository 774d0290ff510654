package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import java.nio.file.Path;

/**
 * Tells of which kind a session is, so that an {@linkplain SessionAnalyzer analysis} can count the kinds.
 *
 * <p>Implementations must be thread-safe. What one throws counts as a failure of that session.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SessionClassifier {

    /**
     * Tells a session's kind.
     *
     * @param session the session, with all its events
     * @return a short name without content of the session; it stands in logs and reports
     */
    String kindOf(Session session);

    /**
     * Tells what a session holds: {@code state}, {@code events}, {@code state and events}, or {@code nothing}.
     *
     * @return the classifier
     */
    static SessionClassifier byContent() {
        return session -> {
            if (session.events().isEmpty()) {
                return session.state().isEmpty() ? "nothing" : "state";
            }
            return session.state().isEmpty() ? "events" : "state and events";
        };
    }

    /**
     * Tells a session's kind by which keys its state has, as a JSON file says; {@code docs/analysis.md} describes it, {@code
     * docs/schema/session-kinds.schema.json} is its schema.
     *
     * @param file the file
     * @return the classifier
     * @throws IllegalArgumentException if the file cannot be read, or says something that it should not; the message names
     *     the file and the field
     */
    static SessionClassifier read(Path file) {
        return SessionKinds.read(file);
    }
}
