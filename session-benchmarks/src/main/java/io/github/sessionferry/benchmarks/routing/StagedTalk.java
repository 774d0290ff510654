package io.github.sessionferry.benchmarks.routing;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A session of 30 events in both stores of a staged service, to be found and appended to by way of it or straight. Its last
 * event is appended again, so that it stays as it is.
 */
final class StagedTalk implements AutoCloseable {

    private static final int EVENTS = 30;
    private static final Session SESSION =
            ConversationGenerator.builder().eventsPerSession(EVENTS).build().session(0);
    private static final SessionEvent LAST = SESSION.events().get(EVENTS - 1);

    static final String USER = SESSION.key().userId();

    private final StagedSessionService staged;

    /** The source itself. */
    final SessionService plain;

    /** Both stores by way of the plan. */
    final SessionService routed;

    StagedTalk(RolloutPlan plan, UnaryOperator<StagedSessionService.Builder> settings) {
        InMemorySessionService source = InMemorySessionService.create();
        InMemorySessionService target = InMemorySessionService.create();
        source.store(SESSION, Precondition.none());
        target.store(SESSION, Precondition.none());
        staged = settings.apply(
                        StagedSessionService.builder(source, target, () -> plan).settleInterval(Duration.ZERO))
                .build();
        plain = source;
        routed = staged.serviceFor(USER, Channel.TEXT);
    }

    static Optional<Session> find(SessionService sessions) {
        return sessions.find(SESSION.key(), EventSelection.all());
    }

    static AppendOutcome append(SessionService sessions) {
        return sessions.append(SESSION.key(), LAST);
    }

    @Override
    public void close() {
        staged.close();
    }
}
