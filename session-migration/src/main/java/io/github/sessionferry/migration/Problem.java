package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import java.util.List;
import java.util.Optional;

/**
 * All that went wrong for one reason.
 *
 * <p>Immutable; holds no session content.
 *
 * @param code why: the name of a {@link io.github.sessionferry.core.SessionErrorCode}
 * @param skipped true if what is stored cannot be moved as it is, false if moving it failed and may succeed another time
 * @param count how many sessions, records or scopes it concerns
 * @param examples the first few of them
 * @since 0.1
 */
public record Problem(String code, boolean skipped, long count, List<Example> examples) {

    /** Checks and copies. */
    public Problem {
        requireNonNull(code, "code");
        examples = List.copyOf(examples);
    }

    /**
     * Tells what an operator can do about it.
     *
     * @return a sentence
     */
    public String whatToDo() {
        return Advice.on(code);
    }

    /**
     * One of those concerned.
     *
     * <p>Immutable.
     *
     * @param key which session; empty if it is none
     * @param place where, if it is no session: the place of an unreadable record, or a scope of shared state
     * @param message what was wrong
     */
    public record Example(Optional<SessionKey> key, String place, String message) {

        /** Checks the parts. */
        public Example {
            requireNonNull(key, "key");
            requireNonNull(place, "place");
            requireNonNull(message, "message");
        }

        static Example of(SessionKey key, String message) {
            return new Example(Optional.of(key), "", message);
        }

        static Example at(String place, String message) {
            return new Example(Optional.empty(), place, message);
        }
    }
}
