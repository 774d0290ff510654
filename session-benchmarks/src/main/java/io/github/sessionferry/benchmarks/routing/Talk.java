package io.github.sessionferry.benchmarks.routing;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.util.Optional;

/** The session of 30 events that is read and appended to. Its last event is appended again, so that it stays as it is. */
final class Talk {

    private static final int EVENTS = 30;

    final Session session =
            ConversationGenerator.builder().eventsPerSession(EVENTS).build().session(0);
    private final SessionEvent last = session.events().get(EVENTS - 1);

    void putIn(SessionService store) {
        store.store(session, Precondition.none());
    }

    Optional<Session> find(SessionService sessions) {
        return sessions.find(session.key(), EventSelection.all());
    }

    AppendOutcome append(SessionService sessions) {
        return sessions.append(session.key(), last);
    }
}
