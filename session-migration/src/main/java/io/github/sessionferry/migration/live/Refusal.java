package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What stands against a stage move.
 *
 * <p>Immutable; holds no user ids and no session content.
 *
 * @param guard the guard, which may be overridden; empty if it is a rule, which may not
 * @param message what is wrong, and what to do
 * @since 0.1
 */
public record Refusal(Optional<Guard> guard, String message) {

    /** Checks that nothing is missing. */
    public Refusal {
        requireNonNull(guard, "guard");
        requireNonNull(message, "message");
    }

    static Refusal of(Guard guard, String message) {
        return new Refusal(Optional.of(guard), message);
    }

    static Refusal byRule(String message) {
        return new Refusal(Optional.empty(), message);
    }

    @Override
    public String toString() {
        return guard.map(name -> name + ": ").orElse("") + message;
    }
}
