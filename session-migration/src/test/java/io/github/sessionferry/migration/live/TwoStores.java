package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Two stores in memory with faults before them, and the processes that use them. */
final class TwoStores implements AutoCloseable {

    static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

    final TestClock clock = TestClock.at(T0.plusSeconds(3_600));
    final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    final SessionFaults sourceFaults = SessionFaults.none();
    final SessionFaults targetFaults = SessionFaults.none();
    final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));

    /** What the processes reach; may be replaced by a store that breaks a promise, before there are processes. */
    SessionService reachedSource = new FaultySessionService(source, sourceFaults);

    SessionService reachedTarget = new FaultySessionService(target, targetFaults);

    private final List<StagedSessionService> processes = new ArrayList<>();

    static SessionKey key(String user, String session) {
        return new SessionKey("app", user, session);
    }

    static SessionEvent event(int number) {
        return event(number, Map.of("last", "e" + number));
    }

    static SessionEvent event(int number, Map<String, ? extends @Nullable Object> delta) {
        return SessionEvent.builder("e" + number, "user", T0.plusSeconds(number))
                .stateDelta(delta)
                .build();
    }

    /** A session with events e1 to en. */
    static Session session(SessionKey key, int events) {
        List<SessionEvent> history = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            history.add(event(i, Map.of()));
        }
        return Session.builder(key, T0.plusSeconds(events))
                .createTime(T0)
                .events(history)
                .build();
    }

    static void put(SessionService store, Session session) {
        var unused = store.store(session, Precondition.none());
    }

    void stage(Stage stage) {
        plan.set(RolloutPlan.everybodyIn(stage));
    }

    /** A process that does second writes on the caller's thread, to the end. */
    StagedSessionService process() {
        return process(builder().executor(Runnable::run));
    }

    StagedSessionService process(StagedSessionService.Builder builder) {
        StagedSessionService process = builder.build();
        processes.add(process);
        return process;
    }

    StagedSessionService.Builder builder() {
        return StagedSessionService.builder(reachedSource, reachedTarget, plan)
                .clock(clock)
                .shadowSample(0)
                .settleInterval(Duration.ZERO);
    }

    static List<String> ids(Optional<Session> session) {
        return session.map(
                        found -> found.events().stream().map(SessionEvent::id).toList())
                .orElseThrow(() -> new AssertionError("there is no session"));
    }

    static Optional<Session> find(SessionService store, SessionKey key) {
        return store.find(key, EventSelection.all());
    }

    /** Asserts that each store has the session with these events, each once. */
    void assertBothHave(SessionKey key, String... ids) {
        assertThat(ids(find(source, key))).as("events in the source").containsExactlyInAnyOrder(ids);
        assertThat(ids(find(target, key))).as("events in the target").containsExactlyInAnyOrder(ids);
        Session left = find(source, key).orElseThrow();
        Session right = find(target, key).orElseThrow();
        assertThat(right.state(StateScope.SESSION)).as("state").isEqualTo(left.state(StateScope.SESSION));
        assertThat(right.updateTime()).as("update time").isEqualTo(left.updateTime());
    }

    void assertNeitherHas(SessionKey key) {
        assertThat(find(source, key)).as("in the source").isEmpty();
        assertThat(find(target, key)).as("in the target").isEmpty();
    }

    static Map<String, @Nullable Object> shared(SessionService store, SharedScope scope) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (Map.Entry<String, SharedValue> entry : store.findSharedState(scope).entrySet()) {
            values.put(entry.getKey(), entry.getValue().value());
        }
        return values;
    }

    @Override
    public void close() {
        sourceFaults.clear();
        targetFaults.clear();
        sourceFaults.release();
        targetFaults.release();
        processes.forEach(StagedSessionService::close);
    }
}
