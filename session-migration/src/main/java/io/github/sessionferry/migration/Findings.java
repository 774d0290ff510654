package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;

/** What a validation has found so far, over all its attempts, and what it will judge again. Thread-safe. */
final class Findings {

    private final ValidationTally tally;
    private final Examination<SessionKey> sessions;
    private final Examination<SharedScope> scopes;

    Findings(int mostDetails) {
        tally = new ValidationTally(mostDetails);
        sessions = new Examination<>(tally.ofSessions());
        scopes = new Examination<>(tally.ofSharedState());
    }

    ValidationTally tally() {
        return tally;
    }

    Examination<SessionKey> sessions() {
        return sessions;
    }

    Examination<SharedScope> scopes() {
        return scopes;
    }

    boolean areSettled() {
        return sessions.isSettled() && scopes.isSettled();
    }
}
