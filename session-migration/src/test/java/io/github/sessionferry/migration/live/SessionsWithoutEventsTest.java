package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.file.WebFileSessionService;
import io.github.sessionferry.testkit.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions of a web application, which are their state alone and do not tell when they were created. */
class SessionsWithoutEventsTest {

    private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    private static final SessionKey KEY = new SessionKey("web", "", "abc");

    @TempDir
    private Path folder;

    private final TestClock clock = TestClock.at(T0);
    private final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
    private final Queue<Runnable> held = new ArrayDeque<>();
    private final List<StagedSessionService> processes = new ArrayList<>();

    private SessionService source;
    private SessionService target;

    @AfterEach
    void close() {
        processes.forEach(StagedSessionService::close);
    }

    private SessionService open(String name) {
        return WebFileSessionService.builder(folder.resolve(name))
                .createIfMissing()
                .clock(clock)
                .build();
    }

    @BeforeEach
    void openStores() {
        source = open("source");
        target = open("target");
    }

    private StagedSessionService process(Executor executor) {
        StagedSessionService process = StagedSessionService.builder(source, target, plan)
                .clock(clock)
                .executor(executor)
                .secondWriteWait(Duration.ZERO)
                .settleInterval(Duration.ZERO)
                .shadowSample(0)
                .build();
        processes.add(process);
        return process;
    }

    private static SessionService sessions(StagedSessionService process) {
        return process.serviceFor(null, Channel.TEXT);
    }

    private static void create(SessionService sessions, String value) {
        var unused = sessions.create(
                NewSession.builder(KEY).state(Map.of("count", value)).build());
    }

    private void append(SessionService sessions, String value) {
        clock.advance(Duration.ofSeconds(1));
        var unused = sessions.append(
                KEY,
                SessionEvent.builder("e-" + value, "user", clock.instant())
                        .stateDelta(Map.of("count", value))
                        .build());
    }

    private static @Nullable Object count(SessionService store) {
        return store.find(KEY, EventSelection.all())
                .map(session -> session.state().get("count"))
                .orElse(null);
    }

    private void stage(Stage stage) {
        plan.set(RolloutPlan.everybodyIn(stage));
    }

    @ParameterizedTest
    @EnumSource
    void find_afterAppends_tellsTheLast(Stage stage) {
        stage(stage);
        SessionService sessions = sessions(process(Runnable::run));
        create(sessions, "0");

        append(sessions, "1");
        append(sessions, "2");

        assertThat(count(sessions)).isEqualTo("2");
        assertThat(count(stage.authority() == Stage.SOURCE_ONLY.authority() ? source : target))
                .isEqualTo("2");
        if (stage.writesBoth()) {
            assertThat(count(source)).isEqualTo(count(target));
        }
    }

    @Test
    void find_whereTheStoreThatDecidesIsBehind_bringsItUpFirst() {
        stage(Stage.SHADOW);
        SessionService sessions = sessions(process(held::add));
        create(sessions, "0");
        append(sessions, "1");

        stage(Stage.TARGET_FIRST);

        assertThat(count(sessions)).isEqualTo("1");
        assertThat(count(target)).isEqualTo("1");
    }

    @Test
    void find_ofASessionWhoseTimeWasSetBack_tellsIt() {
        SessionService sessions = sessions(process(Runnable::run));
        create(sessions, "0");
        append(sessions, "1");
        Session now = source.find(KEY, EventSelection.all()).orElseThrow();
        var unused = source.store(
                now.toBuilder()
                        .state(Map.of("count", "restored"))
                        .updateTime(T0)
                        .build(),
                Precondition.none());

        assertThat(count(sessions)).isEqualTo("restored");
    }

    @Test
    void find_ofAnIdThatIsUsedAgain_tellsTheNewSession() {
        stage(Stage.DUAL_WRITE);
        SessionService one = sessions(process(Runnable::run));
        SessionService another = sessions(process(Runnable::run));
        create(one, "old");
        var unused = one.delete(KEY, Precondition.none());
        assertThat(count(one)).isNull();
        clock.advance(Duration.ofSeconds(1));

        create(another, "new");

        assertThat(count(one)).isEqualTo("new");
        assertThat(count(source)).isEqualTo("new");
        assertThat(count(target)).isEqualTo("new");
    }

    @Test
    void settleDebt_ofADeletion_leavesASessionThatHasTheIdSince() {
        stage(Stage.DUAL_WRITE);
        StagedSessionService process = process(Runnable::run);
        create(sessions(process), "old");
        var unused = sessions(process).delete(KEY, Precondition.none());
        stage(Stage.SOURCE_ONLY);
        clock.advance(Duration.ofSeconds(1));
        create(sessions(process), "new");
        stage(Stage.DUAL_WRITE);

        int left = process.settleDebt();

        assertThat(left).isZero();
        assertThat(count(sessions(process))).isEqualTo("new");
    }

    /** A second write of the stage before comes after the next write, and before that one's own second write. */
    @Test
    void secondWrite_thatComesLate_takesNothingBack() {
        source = new ForwardingSessionService(source) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                runHeldOnceMoved();
                return super.append(key, event);
            }

            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                runHeldOnceMoved();
                return super.store(session, precondition);
            }

            private void runHeldOnceMoved() {
                if (plan.current().base() == Stage.TARGET_FIRST) {
                    Optional.ofNullable(held.poll()).ifPresent(Runnable::run);
                }
            }
        };
        stage(Stage.SHADOW);
        SessionService sessions = sessions(process(held::add));
        create(sessions, "0");
        held.remove().run();
        append(sessions, "1");
        plan.set(RolloutPlan.everybodyIn(Stage.TARGET_FIRST).withSettled(false));

        append(sessions, "2");

        assertThat(held).isEmpty();
        assertThat(count(source)).isEqualTo("2");
        assertThat(count(target)).isEqualTo("2");
        assertThat(count(sessions)).isEqualTo("2");
    }
}
