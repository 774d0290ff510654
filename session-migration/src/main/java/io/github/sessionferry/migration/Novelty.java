package io.github.sessionferry.migration;

/**
 * Guesses whether the target lacks a session: as it lacked the one before. In bulk, sessions are mostly all new or all
 * known, and a new one needs no look at the target before it is written. Thread-safe.
 */
final class Novelty {

    private final boolean guesses;
    private volatile boolean lastWasNew;

    private Novelty(boolean guesses) {
        this.guesses = guesses;
    }

    /** Takes sessions for known until the first one is new. */
    static Novelty guessed() {
        return new Novelty(true);
    }

    /** Takes every session for known. */
    static Novelty unguessed() {
        return new Novelty(false);
    }

    boolean isLikely() {
        return guesses && lastWasNew;
    }

    void learn(boolean isNew) {
        if (lastWasNew != isNew) {
            lastWasNew = isNew;
        }
    }
}
